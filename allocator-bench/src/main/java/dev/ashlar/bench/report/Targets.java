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
    private static final String DATA_PAIR = "DataHeap, allocate and free";
    private static final String CODE_PAIR = "CodeHeap, allocate and free";
    private static final String WRITTEN = "CodeHeap, allocate, write, publish, free";
    private static final String CALLED = "CodeHeap, allocate, write, publish, call, free";
    private static final String NO_SLOWER = ", two threads: no slower each";
    private static final String REPLACED_CODE = "CodeHeap, random replacement, written";
    private static final String GROWN = "committed over live, grown";
    private static final String CHURNED = "committed over live, after churn";

    private Targets() {}

    /** {@return a verdict for each target whose row is among these} */
    static List<Verdict> judge(List<Row> rows) {
        Map<String, Row> byId = rows.stream().collect(Collectors.toMap(Row::id, Function.identity()));
        return all().stream().map(target -> target.judge(byId)).flatMap(Optional::stream).toList();
    }

    static List<Target> all() {
        List<Target> targets = new ArrayList<>();
        for (String row : List.of("pair-data-64", "pair-data-256", "pair-data-1024", "pair-data-4096")) {
            targets.addAll(List.of(
                    againstRival(DATA_PAIR + ": half of jemalloc's time through a downcall", row, "jemalloc", 0.5),
                    againstRival(DATA_PAIR + ": jemalloc's time through a critical downcall", row,
                            "jemalloc-critical", 1.0),
                    againstOwn(DATA_PAIR + NO_SLOWER, row + "-2t", row, 1.15)));
        }
        targets.addAll(List.of(
                againstRival(CODE_PAIR, "pair-code-256", "asmjit-native", 0.7),
                againstOwn(CODE_PAIR + NO_SLOWER, "pair-code-256-2t", "pair-code-256", 1.15),
                againstRival(WRITTEN, "lifecycle-0", ASMJIT, 0.75),
                againstRival(WRITTEN, "lifecycle-10k", ASMJIT, 0.2),
                againstRival(CALLED, "called-0", ASMJIT, 0.75),
                againstRival(CALLED, "called-10k", ASMJIT, 0.25),
                againstRival(WRITTEN + ", two threads", "lifecycle-1k-2t", ASMJIT, 0.15)));
        for (String live : List.of("10k", "100k", "1m")) {
            targets.add(againstRival("DataHeap, random replacement, written", "replace-data-" + live,
                    "jemalloc-native", 1.2));
        }
        targets.add(againstRival(REPLACED_CODE, "replace-code-10k", ASMJIT, 0.25));
        targets.add(againstRival(REPLACED_CODE, "replace-code-100k", ASMJIT, 0.05));
        targets.add(againstRival(REPLACED_CODE, "replace-code-1m", ASMJIT, 0.02));
        for (String trace : List.of("classchurn", "maven")) {
            targets.add(againstRival("CodeHeap, replay of a JIT compiler's trace", "replay-" + trace, ASMJIT, 0.33));
        }
        for (String row : List.of("memory-data-", "memory-code-")) {
            targets.addAll(List.of(atMost(GROWN, row + "100k.grown", 1.06), atMost(GROWN, row + "1m.grown", 1.05),
                    atMost(CHURNED, row + "100k.churned", 1.10), atMost(CHURNED, row + "100k.churned-4", 1.10),
                    atMost(CHURNED, row + "1m.churned", 1.07),
                    atMost("metadata in percent of committed", row + "1m.metadata", 1.0)));
        }
        for (String trace : List.of("classchurn", "maven")) {
            targets.add(atMost("peak committed on a JIT compiler's trace, less one region, over peak live",
                    "peak-" + trace + ".less-one", 1.08));
        }
        return targets;
    }
}
