package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.count;

import dev.ashlar.tool.figures.Table;
import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.secret.SecretResult;
import dev.ashlar.tool.secret.SecretResult.Comparison;
import dev.ashlar.tool.secret.SecretResult.Sample;
import dev.ashlar.tool.secret.SecretResult.Sight;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Help.Ansi;

/** The result of secret for people. */
final class SecretText extends TextReport {

    private static final long MIB = 1L << 20;

    SecretText(SecretResult result, Ansi ansi) {
        super(ansi);
        line("Linux %s, JDK %s; %s of 64 to 512 bytes, %s, seed %d".formatted(result.kernel(), result.jdk(),
                count(result.count(), "secret"), count(result.rounds(), "round"), result.seed()));
        line("Medians of the rounds; the least saving of all rounds is compared with the target.");
        for (Sight sight : result.sights()) {
            title(sight.when());
            Table table = new Table().left().right("SecretHeap", "memfd_secret each", "fewer", "target").left();
            row(table, "pages outside the direct map, per live KiB", sight.pages(), "%.3f");
            row(table, "mappings of secret memory", sight.mappings(), "%,.0f");
            table(table);
        }
        title("The kernel's direct map, for the whole system: at the start of the process, and its change");
        Table table = new Table().right("round").left().right("allocation").left();
        result.samples().forEach(sample -> table.row(Integer.toString(sample.round()), sample.contender(),
                Units.nanos(sample.nanosPerAllocation()), directMap(sample)));
        table(table);
    }

    private static void row(Table table, String name, Comparison comparison, String format) {
        // Rounded down: 99.96 % must not look like 100 %.
        double fewer = Math.floor(10 * comparison.fewerPercent().min()) / 10;
        table.row(name, format.formatted(comparison.ours().median()), format.formatted(comparison.theirs().median()),
                "%.1f %%".formatted(fewer), "%.0f %%".formatted(comparison.targetPercent()),
                comparison.holds() ? "held" : "missed");
    }

    private static String directMap(Sample sample) {
        List<String> counters = new ArrayList<>();
        new TreeMap<>(sample.directMapBefore()).forEach((name, start) -> {
            long change = sample.directMapAfter().getOrDefault(name, start) - start;
            if (start != 0 || change != 0) {
                long unit = name.startsWith("DirectMap") ? MIB : 1;
                counters.add(name.replace("direct_map_", "") + " " + start / unit + (unit == MIB ? " MiB" : "")
                        + (change == 0 ? "" : " %+d".formatted(change / unit)));
            }
        });
        return String.join(", ", counters);
    }
}
