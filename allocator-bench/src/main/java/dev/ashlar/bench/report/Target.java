package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Verdict;
import dev.ashlar.tool.figures.Verdict.State;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a row must show: Ashlar's figure, divided by another figure or alone, is at most the limit.
 *
 * @param what the target in words; rows can share them
 * @param row the id of the row
 * @param rival divides by the figure of this rival in the row; null for none
 * @param base divides by Ashlar's figure in this row; null for none
 * @param limit the maximum
 */
record Target(String what, String row, @Nullable String rival, @Nullable String base, double limit) {

    static Target againstRival(String what, String row, String rival, double limit) {
        return new Target(what, row, rival, null, limit);
    }

    static Target againstOwn(String what, String row, String base, double limit) {
        return new Target(what, row, null, base, limit);
    }

    static Target atMost(String what, String row, double limit) {
        return new Target(what, row, null, null, limit);
    }

    /** {@return the verdict; empty if the row, or the row to compare with, is not in the result} */
    Optional<Verdict> judge(Map<String, Row> rows) {
        Row judged = rows.get(row);
        Row other = base == null ? judged : rows.get(base);
        if (judged == null || other == null) {
            return Optional.empty();
        }
        Entry ours = judged.ours();
        if (rival != null) {
            Entry theirs = judged.entry(rival).orElse(null);
            return theirs == null
                    ? Optional.of(verdict(judged, rival, null, null, "not measured in this run"))
                    : Optional.of(verdict(judged, rival, theirs, median(theirs.ratio()), "not measured"));
        }
        return Optional.of(base == null
                ? verdict(judged, "", null, median(ours.figure()), "")
                : verdict(judged, "ours: " + other.title(), other.ours(),
                        ratio(ours.samples(), other.ours().samples()), "no round has both"));
    }

    private Verdict verdict(Row judged, String against, @Nullable Entry theirs, @Nullable Double measured,
            String otherwise) {
        Double ours = median(judged.ours().figure());
        State state = State.MISSED;
        String reason = "";
        if (ours == null) {
            reason = Objects.requireNonNullElse(judged.ours().missing(), "not measured");
        } else if (measured == null) {
            state = State.UNKNOWN;
            reason = theirs == null || theirs.missing() == null ? otherwise : theirs.missing();
        } else if (measured <= limit) {
            state = State.HELD;
        }
        return new Verdict(what, judged.id(), judged.title(), judged.unit(), ours, against,
                theirs == null ? null : median(theirs.figure()), measured, limit, state, reason);
    }

    /** {@return the median ratio; both rows have their samples in the order of the rounds} */
    private static @Nullable Double ratio(List<Double> ours, List<Double> theirs) {
        List<Double> ratios = IntStream.range(0, Math.min(ours.size(), theirs.size()))
                .mapToObj(round -> ours.get(round) / theirs.get(round)).toList();
        return ratios.isEmpty() ? null : Spread.of(ratios).median();
    }

    private static @Nullable Double median(@Nullable Spread spread) {
        return spread == null ? null : spread.median();
    }
}
