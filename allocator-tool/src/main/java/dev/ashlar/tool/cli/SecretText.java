package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.count;

import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.secret.SecretResult;
import dev.ashlar.tool.secret.SecretResult.Comparison;
import dev.ashlar.tool.secret.SecretResult.Sample;
import dev.ashlar.tool.secret.SecretResult.Sight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The secrets' result as a table for a person. */
final class SecretText {

    private static final long MIB = 1L << 20;
    private static final String SAMPLE = "  %5s  %-20s%12s  %s";

    private SecretText() {}

    static List<String> lines(SecretResult result) {
        List<String> lines = new ArrayList<>();
        lines.add("Linux %s, JDK %s; %s of 64 to 512 bytes, %s, seed %d".formatted(result.kernel(), result.jdk(),
                count(result.count(), "secret"), count(result.rounds(), "round"), result.seed()));
        lines.add("Medians of the rounds; the least saving of all rounds is held against the target.");
        for (Sight sight : result.sights()) {
            lines.add("");
            lines.add(row(sight.when(), "SecretHeap", "memfd_secret each", "fewer", "target", ""));
            lines.add(row("pages off the kernel's map, a live KiB", sight.pages(), "%.3f"));
            lines.add(row("mappings of secret memory", sight.mappings(), "%,.0f"));
        }
        lines.add("");
        lines.add("The kernel's map of memory, for the whole system since its start: at the start of the process, and"
                + " what changed.");
        lines.add(SAMPLE.formatted("round", "", "allocation", ""));
        result.samples().forEach(sample -> lines.add(SAMPLE.formatted(sample.round(), sample.contender(),
                Units.nanos(sample.nanosPerAllocation()), directMap(sample)).stripTrailing()));
        return lines;
    }

    private static String row(String name, Comparison comparison, String format) {
        return row(name, format.formatted(comparison.ours().median()), format.formatted(comparison.theirs().median()),
                percent(comparison.fewerPercent().min()), "%.0f %%".formatted(comparison.targetPercent()),
                comparison.holds() ? "held" : "missed");
    }

    /** Rounded down: 99.96 % must not read 100 %. */
    private static String percent(double percent) {
        return "%.1f %%".formatted(Math.floor(10 * percent) / 10);
    }

    private static String row(String... cells) {
        return "  %-38s%14s%20s%10s%10s  %s".formatted((Object[]) cells).stripTrailing();
    }

    private static String directMap(Sample sample) {
        List<String> counters = new ArrayList<>();
        Map<String, Long> before = new TreeMap<>(sample.directMapBefore());
        before.forEach((name, start) -> {
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
