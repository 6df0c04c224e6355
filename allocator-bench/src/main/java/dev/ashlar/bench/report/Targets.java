package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.bench.report.Target.AgainstOwn;
import dev.ashlar.bench.report.Target.AgainstRival;
import dev.ashlar.bench.report.Target.AtMost;
import dev.ashlar.tool.figures.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * What Ashlar sets itself: as much faster and denser than the best rival of each kind as a design without locks, linear
 * searches and unused remainders should be. Rivals are the ones a JIT compiler or a native data structure on the JVM
 * would use otherwise; limits are for two cores.
 */
public final class Targets {

    private static final String ASMJIT = "asmjit-critical";
    private static final String JEMALLOC = "jemalloc";

    private final List<Target> targets = new ArrayList<>();

    private Targets() {}

    /** {@return a verdict for each target whose row is among these} */
    public static List<Verdict> judge(List<Row> rows) {
        return new Judge(rows).verdicts(all());
    }

    /** {@return all there are} */
    public static List<Target> all() {
        Targets all = new Targets();
        all.pairs();
        all.lifecycles();
        all.replacements();
        all.density();
        return List.copyOf(all.targets);
    }

    private void pairs() {
        for (String size : List.of("64", "256", "1024", "4096")) {
            String row = "pair-data-" + size;
            add(new AgainstRival("DataHeap, allocate and free: half of jemalloc's time through a downcall", row,
                    JEMALLOC, 0.5));
            add(new AgainstRival("DataHeap, allocate and free: to aim at, jemalloc's time through a critical downcall",
                    row,
                    "jemalloc-critical", 1.0));
            add(new AgainstOwn("DataHeap, allocate and free, two threads: no slower each", row + "-2t", row, 1.15));
        }
        add(new AgainstRival("CodeHeap, allocate and free", "pair-code-256", "asmjit-native", 0.7));
        add(new AgainstOwn("CodeHeap, allocate and free, two threads: no slower each", "pair-code-256-2t",
                "pair-code-256", 1.15));
    }

    private void lifecycles() {
        String lifecycle = "CodeHeap, allocate, write, publish, free";
        add(new AgainstRival(lifecycle, "lifecycle-0", ASMJIT, 0.75));
        add(new AgainstRival(lifecycle, "lifecycle-10k", ASMJIT, 0.2));
        String called = "CodeHeap, allocate, write, publish, call, free";
        add(new AgainstRival(called, "called-0", ASMJIT, 0.75));
        add(new AgainstRival(called, "called-10k", ASMJIT, 0.25));
        add(new AgainstRival("CodeHeap, allocate, write, publish, free, two threads", "lifecycle-1k-2t", ASMJIT, 0.15));
    }

    private void replacements() {
        for (String live : List.of("10k", "100k", "1m")) {
            add(new AgainstRival("DataHeap, random replacement, written", "replace-data-" + live, "jemalloc-native",
                    1.2));
        }
        String code = "CodeHeap, random replacement, written";
        add(new AgainstRival(code, "replace-code-10k", ASMJIT, 0.25));
        add(new AgainstRival(code, "replace-code-100k", ASMJIT, 0.05));
        add(new AgainstRival(code, "replace-code-1m", ASMJIT, 0.02));
        for (String trace : List.of("classchurn", "maven")) {
            add(new AgainstRival("CodeHeap, replay of what a JIT compiler did", "replay-" + trace, ASMJIT, 0.33));
        }
    }

    private void density() {
        for (String kind : List.of("data", "code")) {
            String few = "memory-" + kind + "-100k";
            String many = "memory-" + kind + "-1m";
            String grown = "committed over live, grown";
            add(new AtMost(grown, few + ".grown", 1.06));
            add(new AtMost(grown, many + ".grown", 1.05));
            String churned = "committed over live, after churn";
            add(new AtMost(churned, few + ".churned", 1.10));
            add(new AtMost(churned, few + ".churned-4", 1.10));
            add(new AtMost(churned, many + ".churned", 1.07));
            add(new AtMost("bookkeeping in per cent of committed", many + ".metadata", 1.0));
        }
        for (String trace : List.of("classchurn", "maven")) {
            add(new AtMost("most committed on a JIT compiler's trace, less one region, over most live",
                    "peak-" + trace + ".less-one", 1.08));
        }
    }

    private void add(Target target) {
        targets.add(target);
    }
}
