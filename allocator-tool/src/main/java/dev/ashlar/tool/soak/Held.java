package dev.ashlar.tool.soak;

/** What a worker took and has not ended: a block, a unit, a group, an arena, a trampoline. For one thread at a time. */
interface Held {
    /** Throws unless it contains and does what it must. */
    void check();

    /** Checks it and ends it. */
    void end();

    /** Uses it, rightly or wrongly, as the draw decides. */
    default void use(Draw draw) {
        check();
    }
}
