package dev.ashlar.bench.report;

/** What a row must show. */
public sealed interface Target {

    /** {@return the target in words, the same for rows that stand for one} */
    String what();

    /** {@return the row that is judged} */
    String row();

    /** {@return the most that is allowed} */
    double limit();

    /**
     * Ours is at most so many times a rival's figure.
     *
     * @param rival the rival's name
     */
    record AgainstRival(String what, String row, String rival, double limit) implements Target {}

    /**
     * Ours is at most so many times our own figure in another row.
     *
     * @param base the other row
     */
    record AgainstOwn(String what, String row, String base, double limit) implements Target {}

    /** Ours is at most so much. */
    record AtMost(String what, String row, double limit) implements Target {}
}
