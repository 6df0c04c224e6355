package dev.ashlar.bench.cli;

import static dev.ashlar.bench.cli.Units.bytes;
import static dev.ashlar.bench.cli.Units.count;

import dev.ashlar.bench.designs.DesignsResult;
import dev.ashlar.bench.designs.DesignsResult.DesignResult;
import dev.ashlar.bench.designs.DesignsResult.LoadResult;
import dev.ashlar.bench.designs.DesignsResult.Sight;
import dev.ashlar.bench.designs.DesignsResult.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The designs' results as tables for a person. */
final class DesignsText {

    private static final String NAME = "  %-24s";
    private static final String COUNTS = NAME + "%9s%11s%9s%9s%12s%11s%2s";

    private static final String TIME = "%12s";

    private DesignsText() {}

    static List<String> lines(DesignsResult result) {
        List<String> lines = new ArrayList<>();
        lines.add("Linux %s, JDK %s; memory %s, seed %d, %s".formatted(result.host().kernel(), result.host().jdk(),
                result.memory(), result.seed(), count(result.rounds(), "timed round")));
        lines.add("held: bytes in pages in use, committed: in whole regions, both over live bytes. longest: the block"
                + " that would still fit. VMAs: of one view.");
        result.loads().forEach(load -> add(lines, load));
        return lines;
    }

    private static void add(List<String> lines, LoadResult load) {
        lines.add("");
        lines.add("%s: %s, at most %s live".formatted(load.load(), count(load.events(), "event"),
                bytes(load.peakLiveBytes())));
        List<Sight> moments = load.designs().getFirst().memory().sights();
        for (int index = 0; index < moments.size(); index++) {
            lines.add((COUNTS + "  %s").formatted("", "held", "committed", "regions", "VMAs", "longest", "records",
                    "", moments.get(index).when()).stripTrailing());
            for (DesignResult design : load.designs()) {
                lines.add(counts(design.design(), design.memory().sights().get(index)));
            }
        }
        times(lines, load);
    }

    private static void times(List<String> lines, LoadResult load) {
        List<Time> columns = load.designs().getFirst().times();
        StringBuilder contents = new StringBuilder(NAME.formatted("ns per event, fastest"));
        StringBuilder parts = new StringBuilder(NAME.formatted("round"));
        for (int index = 0; index < columns.size(); index++) {
            Time column = columns.get(index);
            boolean first = index == 0 || !columns.get(index - 1).contents().equals(column.contents());
            contents.append(TIME.formatted(first ? column.contents().replace("placed by ", "") : ""));
            parts.append(TIME.formatted(column.part()));
        }
        lines.add(contents + "   permissions  written");
        lines.add(parts + "           set     soon");
        for (DesignResult design : load.designs()) {
            lines.add(NAME.formatted(design.design()) + design.times().stream()
                    .map(time -> TIME.formatted(nanos(time.nsPerEventMin())))
                    .collect(Collectors.joining())
                    + "%14s%7.0f %%".formatted(count(design.memory().permissionChanges()),
                            100 * design.memory().rewrittenSoon()));
            refusals(design).forEach(lines::add);
        }
    }

    private static String counts(String design, Sight sight) {
        return COUNTS.formatted(design, ratio(sight.heldBytes(), sight.liveBytes()),
                ratio(sight.committedBytes(), sight.liveBytes()), count(sight.regions()), count(sight.vmas()),
                bytes(sight.largestFitBytes()), bytes(sight.metadataBytes()), "").stripTrailing();
    }

    private static List<String> refusals(DesignResult design) {
        return design.times().stream()
                .map(Time::refusal)
                .flatMap(Optional::stream)
                .distinct()
                .map(refusal -> "    refused: " + refusal)
                .toList();
    }

    private static String ratio(long part, long whole) {
        return "%.3f".formatted((double) part / whole);
    }

    private static String nanos(Optional<Double> nanos) {
        return nanos.map("%.1f"::formatted).orElse("-");
    }
}
