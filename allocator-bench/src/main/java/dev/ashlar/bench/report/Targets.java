package dev.ashlar.bench.report;

import static dev.ashlar.bench.report.Target.againstOwn;
import static dev.ashlar.bench.report.Target.againstRival;
import static dev.ashlar.bench.report.Target.atMost;

import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.tool.figures.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Ashlar's targets. The rivals are those that a JIT compiler or a native data structure on the JVM would use otherwise.
 * The limits are for two processors.
 */
final class Targets {

    private static final String ASMJIT = "asmjit-critical";

    private Targets() {}

    /** {@return a verdict for each target whose row is among these} */
    static List<Verdict> judge(List<Row> rows) {
        Map<String, Row> byId = rows.stream().collect(Collectors.toMap(Row::id, Function.identity()));
        return all().stream().map(target -> target.judge(byId)).flatMap(Optional::stream).toList();
    }

    static List<Target> all() {
        List<Target> targets = new ArrayList<>();
        for (String size : List.of("64", "256", "1024", "4096")) {
            String row = "pair-data-" + size;
            targets.add(againstRival("DataHeap, allocate and free: half of jemalloc's time through a downcall", row,
                    "jemalloc", 0.5));
            targets.add(againstRival("DataHeap, allocate and free: jemalloc's time through a critical downcall", row,
                    "jemalloc-critical", 1.0));
            targets.add(againstOwn("DataHeap, allocate and free, two threads: no slower each", row + "-2t", row, 1.15));
        }
        targets.add(againstRival("CodeHeap, allocate and free", "pair-code-256", "asmjit-native", 0.7));
        targets.add(againstOwn("CodeHeap, allocate and free, two threads: no slower each", "pair-code-256-2t",
                "pair-code-256", 1.15));
        String lifecycle = "CodeHeap, allocate, write, publish, free";
        targets.add(againstRival(lifecycle, "lifecycle-0", ASMJIT, 0.75));
        targets.add(againstRival(lifecycle, "lifecycle-10k", ASMJIT, 0.2));
        String called = "CodeHeap, allocate, write, publish, call, free";
        targets.add(againstRival(called, "called-0", ASMJIT, 0.75));
        targets.add(againstRival(called, "called-10k", ASMJIT, 0.25));
        targets.add(againstRival(lifecycle + ", two threads", "lifecycle-1k-2t", ASMJIT, 0.15));
        for (String live : List.of("10k", "100k", "1m")) {
            targets.add(againstRival("DataHeap, random replacement, written", "replace-data-" + live,
                    "jemalloc-native", 1.2));
        }
        String replacement = "CodeHeap, random replacement, written";
        targets.add(againstRival(replacement, "replace-code-10k", ASMJIT, 0.25));
        targets.add(againstRival(replacement, "replace-code-100k", ASMJIT, 0.05));
        targets.add(againstRival(replacement, "replace-code-1m", ASMJIT, 0.02));
        for (String trace : List.of("classchurn", "maven")) {
            targets.add(againstRival("CodeHeap, replay of a JIT compiler's trace", "replay-" + trace, ASMJIT, 0.33));
        }
        for (String kind : List.of("data", "code")) {
            density(targets, "memory-" + kind + "-100k", "memory-" + kind + "-1m");
        }
        for (String trace : List.of("classchurn", "maven")) {
            targets.add(atMost("peak committed on a JIT compiler's trace, less one region, over peak live",
                    "peak-" + trace + ".less-one", 1.08));
        }
        return List.copyOf(targets);
    }

    private static void density(List<Target> targets, String few, String many) {
        String grown = "committed over live, grown";
        targets.add(atMost(grown, few + ".grown", 1.06));
        targets.add(atMost(grown, many + ".grown", 1.05));
        String churned = "committed over live, after churn";
        targets.add(atMost(churned, few + ".churned", 1.10));
        targets.add(atMost(churned, few + ".churned-4", 1.10));
        targets.add(atMost(churned, many + ".churned", 1.07));
        targets.add(atMost("metadata in percent of committed", many + ".metadata", 1.0));
    }
}
