package dev.ashlar.bench.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All experiments there are. */
final class Catalogue {

    private static final List<String> TRACES = List.of("classchurn", "maven");

    private final Extent extent;
    private final List<Experiment> experiments = new ArrayList<>();

    private Catalogue(Extent extent) {
        this.extent = extent;
    }

    static List<Experiment> experiments(Extent extent) {
        Catalogue catalogue = new Catalogue(extent);
        catalogue.pairs();
        catalogue.lifecycles();
        catalogue.replacements();
        if (extent == Extent.FULL) {
            catalogue.growth();
            catalogue.remoteFrees();
        }
        catalogue.traces();
        catalogue.memory();
        catalogue.latency();
        catalogue.execution();
        return List.copyOf(catalogue.experiments);
    }

    private void pairs() {
        int[] dataSizes = extent == Extent.QUICK
                ? new int[] {64, 256, 1024, 4096}
                : new int[] {64, 256, 1024, 4096, 32768, 1048576};
        for (int byteSize : dataSizes) {
            String title = "DataHeap: allocate and free " + byteSize + " B";
            jmh("pair-data-" + byteSize, title, "DataPairBenchmark", "byteSize", byteSize, 1,
                    Contenders.data(extent));
            if (byteSize <= 4096) {
                jmh("pair-data-" + byteSize + "-2t", title + ", two threads, each", "DataPairBenchmark", "byteSize",
                        byteSize, 2, Contenders.dataOnThreads(extent));
            }
        }
        for (int byteSize : extent == Extent.QUICK ? new int[] {256} : new int[] {64, 256, 1024, 4096}) {
            jmh("pair-arena-" + byteSize, "DataHeap: open an arena, allocate " + byteSize + " B zeroed, close it",
                    "DataPairBenchmark", "byteSize", byteSize, 1, Contenders.arenas());
        }
        for (int byteSize : extent == Extent.QUICK ? new int[] {256} : dataSizes) {
            String title = "CodeHeap: allocate and free " + byteSize + " B";
            List<Contender> contenders = new ArrayList<>(
                    byteSize == 256 ? Contenders.code(extent) : Contenders.codeOfAnySize(extent));
            contenders.add(Contenders.asmjitPair(byteSize));
            jmh("pair-code-" + byteSize, title, "CodePairBenchmark", "byteSize", byteSize, 1, contenders);
        }
        jmh("pair-code-256-2t", "CodeHeap: allocate and free 256 B, two threads, each", "CodePairBenchmark",
                "byteSize", 256, 2, Contenders.code(extent));
    }

    private void lifecycles() {
        String life = "CodeHeap: allocate, write, publish, ";
        for (int live : new int[] {0, 10_000}) {
            jmh("lifecycle-" + Count.word(live), life + "free; " + Count.live(live),
                    "LifecycleBenchmark.allocateWritePublishFree", "live",
                    live, 1, Contenders.writtenCode(extent));
            jmh("called-" + Count.word(live), life + "call, free; " + Count.live(live),
                    "LifecycleBenchmark.allocateWritePublishCallFree",
                    "live", live, 1, Contenders.code(extent));
        }
        jmh("lifecycle-1k-2t", life + "free; 1,000 live, two threads, each",
                "LifecycleBenchmark.allocateWritePublishFree", "live", 1_000, 2,
                Contenders.code(extent));
    }

    private void replacements() {
        int[] lives = extent == Extent.QUICK
                ? new int[] {10_000, 100_000, 1_000_000}
                : new int[] {1_000, 10_000, 100_000, 1_000_000};
        for (int live : lives) {
            jmh("replace-data-" + Count.word(live), "DataHeap: replace a random block; " + Count.live(live),
                    "ReplacementBenchmark.Data", "live", live, 1, Contenders.dataOfMany(extent, live));
        }
        for (int live : lives) {
            jmh("replace-code-" + Count.word(live), "CodeHeap: replace a random block; " + Count.live(live),
                    "ReplacementBenchmark.Code", "live", live, 1,
                    live > 10_000 ? Contenders.codeOfMany(extent) : Contenders.codeOfAnySize(extent));
        }
    }

    private void growth() {
        for (String to : List.of("100k", "1M")) {
            for (String kind : List.of("Data", "Code")) {
                experiments.add(new Experiment("growth-" + kind.toLowerCase(Locale.ROOT) + "-"
                        + to.toLowerCase(Locale.ROOT), kind + "Heap: allocate and write, growing to " + to,
                        new Task.JmhOnce("GrowthBenchmark." + kind + ".growTo" + to, Map.of()),
                        kind.equals("Data") ? Contenders.dataHeld(extent) : Contenders.codeOfMany(extent),
                        List.of(Metric.TIME), 2));
            }
        }
    }

    private void remoteFrees() {
        experiments.add(new Experiment("remote-data", "DataHeap: one thread allocates, another frees",
                new Task.Jmh("RemoteFreeBenchmark.Data", Map.of(), 2),
                Contenders.dataHeld(extent), List.of(Metric.TIME), Experiment.EVERY_ROUND));
        experiments.add(new Experiment("remote-code", "CodeHeap: one thread allocates, another frees",
                new Task.Jmh("RemoteFreeBenchmark.Code", Map.of(), 2),
                Contenders.code(extent), List.of(Metric.TIME), Experiment.EVERY_ROUND));
    }

    private void traces() {
        for (String trace : TRACES) {
            experiments.add(new Experiment("replay-" + trace, "CodeHeap: an event of the trace " + trace + ", written",
                    new Task.Probe("TraceReplay", Task.Measures.TIME, replay(trace, "time")),
                    Contenders.writtenCode(extent),
                    List.of(Metric.TIME),
                    Experiment.EVERY_ROUND));
            experiments.add(new Experiment("peak-" + trace, "CodeHeap: most held in the trace " + trace,
                    new Task.Probe("TraceReplay", Task.Measures.MEMORY, replay(trace, "peak")), Contenders.code(extent),
                    List.of(new Metric("whole", "over most live", "x"),
                            new Metric("less-one", "less one region, over most live", "x")),
                    1));
        }
    }

    private static Map<String, String> replay(String trace, String figure) {
        return Map.of("kind", "code", "trace", "hotspot-" + trace, "figure", figure);
    }

    private void memory() {
        for (int live : new int[] {100_000, 1_000_000}) {
            // A turnover of a million takes asmjit half a minute.
            int turnovers = live > 100_000 ? 1 : 4;
            memory("data", "DataHeap", live, turnovers, Contenders.dataHeld(extent));
            memory("code", "CodeHeap", live, turnovers, extent == Extent.QUICK && live > 100_000
                    ? Contenders.ours()
                    : Contenders.codeOfMany(extent));
        }
    }

    private void memory(String kind, String heap, int live, int turnovers, List<Contender> contenders) {
        List<Metric> metrics = new ArrayList<>(List.of(new Metric("grown", "grown", "x"),
                new Metric("churned", "every block replaced once", "x")));
        if (turnovers > 1) {
            metrics.add(new Metric("churned-" + turnovers, turnovers + " times", "x"));
        }
        metrics.addAll(List.of(new Metric("halved", "half of them freed", "x"),
                new Metric("refilled", "grown back", "x"),
                new Metric("churned-seen", "replaced once, as the kernel counts", "x"),
                new Metric("metadata", "bookkeeping in per cent of it", "%")));
        experiments.add(new Experiment("memory-" + kind + "-" + Count.word(live),
                heap + ": memory per live byte, " + Count.live(live),
                new Task.Probe("Footprint", Task.Measures.MEMORY, Map.of("kind", kind,
                        "live", Integer.toString(live), "turnovers", Integer.toString(turnovers))),
                contenders, metrics, 1));
    }

    private void latency() {
        List<Metric> metrics = List.of(new Metric("p50", "median", "ns"), new Metric("p99", "p99", "ns"),
                new Metric("p99.9", "p99.9", "ns"), new Metric("max", "longest", "ns"),
                new Metric("commit-p50", "with a first commit, median", "ns"),
                new Metric("commit-max", "with a first commit, longest", "ns"));
        for (String kind : List.of("data", "code")) {
            experiments.add(new Experiment("latency-" + kind,
                    (kind.equals("data") ? "DataHeap" : "CodeHeap") + ": one allocate, growth to 100,000 and churn",
                    new Task.Probe("Latency", Task.Measures.TIME, Map.of("kind", kind, "live", "100000")),
                    kind.equals("data") ? Contenders.dataHeld(extent) : Contenders.codeOfMany(extent), metrics, 2));
        }
    }

    private void execution() {
        for (int functions : extent == Extent.QUICK ? new int[] {20_000} : new int[] {20_000, 100_000}) {
            for (int percent : new int[] {100, 10}) {
                experiments.add(new Experiment("execution-" + Count.word(functions) + "-" + percent,
                        "Code: call one of %,d functions, %d %% of them in use".formatted(functions, percent),
                        new Task.Jmh("ScatteredCallsBenchmark", Map.of("functions", Integer.toString(functions),
                                "calledPercent", Integer.toString(percent), "hints", "off"), 1),
                        percent == 100 ? Contenders.executable(extent) : Contenders.executableInPart(extent),
                        List.of(Metric.TIME), Experiment.EVERY_ROUND));
            }
        }
    }

    private void jmh(String id, String title, String benchmark, String parameter, int value, int threads,
            List<Contender> contenders) {
        experiments.add(new Experiment(id, title,
                new Task.Jmh(benchmark, Map.of(parameter, Integer.toString(value)), threads), contenders,
                List.of(Metric.TIME), Experiment.EVERY_ROUND));
    }
}
