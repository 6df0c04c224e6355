package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.figures.Verdict;
import dev.ashlar.tool.figures.Verdict.State;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What some rows must show: Ashlar's figure, divided by another figure or alone, is at most the limit.
 *
 * @param what the target in words; rows can share them
 * @param rows patterns of the ids of the rows, in which {@code *} stands for any characters
 * @param against a rival of the row by whose figure ours is divided, or {@value #BEST} for the best other allocator; a
 *     suffix such as {@code -2t} for the row whose id lacks it, by whose figure of Ashlar ours is divided; or empty
 * @param limit the maximum
 */
record Target(String what, List<String> rows, String against, double limit) {

    static final String BEST = "best";

    /** Contenders that are no other allocator. */
    private static final String NO_RIVAL = "ashlar.*|before|floor|harness";

    /**
     * {@return the target in a line {@code rows | against | limit}}
     *
     * @throws IllegalArgumentException if the line is malformed
     */
    static Target parse(String what, String line) {
        String[] fields = line.split("\\|", -1);
        if (fields.length != 3) {
            throw new IllegalArgumentException("expected 'rows | against | limit' but was '" + line + "'");
        }
        return new Target(what, Stream.of(fields[0].strip().split(" +")).toList(), fields[1].strip(),
                Double.parseDouble(fields[2].strip()));
    }

    /** {@return whether the target is for a row with this id} */
    boolean isFor(String id) {
        return rows.stream().anyMatch(row -> id.matches(row.replace(".", "\\.").replace("*", ".*")));
    }

    /** {@return the id of the row by whose figure of Ashlar ours is divided; empty if there is none} */
    Optional<String> base(String id) {
        return against.startsWith("-") && id.endsWith(against)
                ? Optional.of(id.substring(0, id.length() - against.length()))
                : Optional.empty();
    }

    /** {@return the rival by whose figure ours is divided; empty if there is none} */
    Optional<String> rival() {
        return against.isEmpty() || against.startsWith("-") ? Optional.empty() : Optional.of(against);
    }

    /** {@return the limit for a row, such as {@code at most 0.75 x before}} */
    String text(String id) {
        return "at most " + Units.ratio(limit) + rival().or(() -> base(id)).map(other -> " x " + other).orElse("");
    }

    /** {@return the verdict on a row; empty if the run does not include the rival or the row to compare with} */
    Optional<Verdict> judge(Row row, Map<String, Row> all) {
        if (rival().isPresent()) {
            return (against.equals(BEST) ? best(row) : row.entry(against))
                    .map(theirs -> verdict(row, theirs.contender(), theirs, theirs.ratio(), "not measured"));
        }
        if (against.isEmpty()) {
            return Optional.of(verdict(row, "", null, row.ours().figure(), ""));
        }
        return base(row.id()).map(all::get).map(other -> verdict(row, "ours: " + other.title(), other.ours(),
                ratio(row.ours().samples(), other.ours().samples()), "no round has both"));
    }

    private static Optional<Entry> best(Row row) {
        return row.entries().stream().filter(entry -> !entry.contender().matches(NO_RIVAL)).min(
                Comparator.comparing(entry -> Objects.requireNonNullElse(median(entry.figure()), Double.MAX_VALUE)));
    }

    private Verdict verdict(Row row, String against, @Nullable Entry theirs, @Nullable Spread measured,
            String otherwise) {
        Double ours = median(row.ours().figure());
        State state = State.MISSED;
        String reason = "";
        if (ours == null) {
            reason = Objects.requireNonNullElse(row.ours().missing(), "not measured");
        } else if (measured == null) {
            state = State.UNKNOWN;
            reason = theirs == null || theirs.missing() == null ? otherwise : theirs.missing();
        } else if (measured.median() <= limit) {
            state = State.HELD;
        }
        return new Verdict(what, row.id(), row.title(), row.unit(), ours, against,
                theirs == null ? null : median(theirs.figure()), measured, limit, state, reason);
    }

    /** {@return the ratios of the rounds; both rows have their samples in the order of the rounds} */
    private static @Nullable Spread ratio(List<Double> ours, List<Double> theirs) {
        List<Double> ratios = IntStream.range(0, Math.min(ours.size(), theirs.size()))
                .mapToObj(round -> ours.get(round) / theirs.get(round)).toList();
        return ratios.isEmpty() ? null : Spread.of(ratios);
    }

    private static @Nullable Double median(@Nullable Spread spread) {
        return spread == null ? null : spread.median();
    }
}
