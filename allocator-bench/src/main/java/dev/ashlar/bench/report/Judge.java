package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Verdict;
import dev.ashlar.tool.figures.Verdict.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds rows against targets. */
final class Judge {

    private final Map<String, Row> rows;

    Judge(List<Row> rows) {
        this.rows = rows.stream().collect(Collectors.toMap(Row::id, Function.identity()));
    }

    /** {@return a verdict for each target whose row is there, in their order} */
    List<Verdict> verdicts(List<Target> targets) {
        return targets.stream().flatMap(target -> verdict(target).stream()).toList();
    }

    private Optional<Verdict> verdict(Target target) {
        Row row = rows.get(target.row());
        if (row == null) {
            return Optional.empty();
        }
        return switch (target) {
            case Target.AgainstRival rival -> Optional.of(againstRival(rival, row));
            // Without the other row there is nothing to say, whatever the reason.
            case Target.AgainstOwn own -> Optional.ofNullable(rows.get(own.base())).map(base -> againstOwn(own, row,
                    base));
            case Target.AtMost most -> Optional.of(atMost(most, row));
        };
    }

    private static Verdict againstRival(Target.AgainstRival target, Row row) {
        Optional<Entry> rival = row.entry(target.rival());
        Double ratio = rival.map(Entry::ratio).map(Spread::median).orElse(null);
        String absent = rival.map(Entry::missing).orElse("not measured in this run");
        return verdict(target, row, target.rival(), rival.map(Judge::median).orElse(null), ratio, absent);
    }

    private static Verdict againstOwn(Target.AgainstOwn target, Row row, Row base) {
        // Row by row the samples are of the same rounds, in their order.
        Double ratio = ratio(row.ours().samples(), base.ours().samples());
        String absent = base.ours().missing();
        return verdict(target, row, "ours: " + base.title(), median(base.ours()), ratio,
                absent == null ? "no round has both" : absent);
    }

    private static Verdict atMost(Target.AtMost target, Row row) {
        return verdict(target, row, "", null, median(row.ours()), "");
    }

    private static Verdict verdict(Target target, Row row, String against, @Nullable Double theirs,
            @Nullable Double measured, String absent) {
        Double ours = median(row.ours());
        String failed = row.ours().missing();
        State state;
        String reason = "";
        if (ours == null) {
            state = State.MISSED;
            reason = failed == null ? "not measured" : failed;
        } else if (measured == null) {
            state = State.UNKNOWN;
            reason = absent;
        } else {
            state = measured <= target.limit() ? State.HELD : State.MISSED;
        }
        return new Verdict(target.what(), row.id(), row.title(), row.unit(), ours, against, theirs, measured,
                target.limit(), state, reason);
    }

    private static @Nullable Double ratio(List<Double> ours, List<Double> base) {
        int count = Math.min(ours.size(), base.size());
        if (count == 0) {
            return null;
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < count; round++) {
            ratios.add(ours.get(round) / base.get(round));
        }
        return Spread.of(ratios).median();
    }

    private static @Nullable Double median(Entry entry) {
        Spread figure = entry.figure();
        return figure == null ? null : figure.median();
    }
}
