package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.count;

import dev.ashlar.tool.figures.Table;
import dev.ashlar.tool.soak.SoakResult;
import picocli.CommandLine.Help.Ansi;

/** The result of soak for people. */
final class SoakText extends TextReport {

    private static final double MIB = 1 << 20;

    SoakText(SoakResult result, Ansi ansi) {
        super(ansi);
        line("%s, %s, seed %d, %.0f s: %.2f million a second".formatted(count(result.operations(), "operation"),
                count(result.threads(), "thread"), result.seed(), result.seconds(),
                result.operations() / result.seconds() / 1e6));
        line(mark(true) + " contents and places of all blocks, refusals of wrong use");
        line(mark(true) + " counts and bookkeeping, compared " + count(result.checkCount(), "time"));
        line(result.driftPercent()
                .map(percent -> mark(result.holds())
                        + " committed memory drifts by %+.2f %% (target: less than %.0f %%)"
                                .formatted(percent, SoakResult.DRIFT_TARGET_PERCENT))
                .orElse("[ -- ] committed memory not compared: the test was too short"));
        Table heaps = new Table().left().right("operations", "found no room", "peak committed");
        result.subjects().forEach(row -> heaps.row(row.name(), "%,d".formatted(row.operations()),
                "%,d".formatted(row.exhaustedCount()), "%,.0f MiB".formatted(row.peakCommittedByteSize() / MIB)));
        title("Heaps");
        table(heaps);
        result.absent().forEach(reason -> line("not on this host: " + reason));
        Table times = new Table().right("after", "operations", "committed");
        result.samples().forEach(sample -> times.row("%,.0f s".formatted(sample.seconds()),
                "%,d".formatted(sample.operations()), "%,.0f MiB".formatted(sample.committedByteSize() / MIB)));
        title("Over time");
        table(times);
    }
}
