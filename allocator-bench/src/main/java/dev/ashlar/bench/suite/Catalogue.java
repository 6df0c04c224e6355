package dev.ashlar.bench.suite;

import dev.ashlar.bench.suite.Experiment.Metric;
import dev.ashlar.bench.suite.Task.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All experiments. */
final class Catalogue {

    private static final int MILLION = 1_000_000;
    private static final List<Metric> TIME = List.of(Experiment.TIME);
    private static final List<Metric> PEAK = List.of(new Metric("whole", "over peak live bytes", "x"),
            new Metric("less-one", "less one region, over peak live bytes", "x"));
    private static final List<Metric> LATENCY = List.of(new Metric("p50", "median", "ns"),
            new Metric("p99", "p99", "ns"), new Metric("p99.9", "p99.9", "ns"), new Metric("max", "longest", "ns"),
            new Metric("commit-p50", "with a first commit, median", "ns"),
            new Metric("commit-max", "with a first commit, longest", "ns"));

    private final Extent extent;
    private final boolean full;
    private final List<Experiment> experiments = new ArrayList<>();

    private Catalogue(Extent extent) {
        this.extent = extent;
        this.full = extent == Extent.FULL;
    }

    static List<Experiment> experiments(Extent extent) {
        Catalogue catalogue = new Catalogue(extent);
        catalogue.pairs();
        catalogue.lifecycles();
        catalogue.replacements();
        if (catalogue.full) {
            catalogue.growth();
            catalogue.remoteFrees();
        }
        catalogue.traces();
        catalogue.memory();
        catalogue.latency();
        catalogue.execution();
        return catalogue.experiments;
    }

    private void pairs() {
        List<Integer> sizes = full ? List.of(64, 256, 1024, 4096, 32768, 1048576) : List.of(64, 256, 1024, 4096);
        for (int size : sizes) {
            String title = "DataHeap: allocate and free " + size + " B";
            jmh("pair-data-" + size, title, "PairBenchmark.Data", "byteSize", size, 1, Contenders.data(extent));
            if (size <= 4096) {
                jmh("pair-data-" + size + "-2t", title + ", two threads, each", "PairBenchmark.Data", "byteSize", size,
                        2, Contenders.dataOnThreads(extent));
            }
        }
        for (int size : full ? List.of(64, 256, 1024, 4096) : List.of(256)) {
            jmh("pair-arena-" + size, "DataHeap: open an arena, allocate " + size + " B zeroed, close it",
                    "PairBenchmark.Data", "byteSize", size, 1, Contenders.arenas());
        }
        for (int size : full ? sizes : List.of(256)) {
            List<Contender> contenders = new ArrayList<>(
                    size == 256 ? Contenders.code(extent) : Contenders.codeOfAnySize(extent));
            contenders.add(Contenders.asmjitPair(size));
            jmh("pair-code-" + size, "CodeHeap: allocate and free " + size + " B", "PairBenchmark.Code", "byteSize",
                    size, 1, contenders);
        }
        jmh("pair-code-256-2t", "CodeHeap: allocate and free 256 B, two threads, each", "PairBenchmark.Code",
                "byteSize", 256, 2, Contenders.code(extent));
    }

    private void lifecycles() {
        String life = "CodeHeap: allocate, write, publish, ";
        String written = "LifecycleBenchmark.allocateWritePublishFree";
        for (int live : List.of(0, 10_000)) {
            jmh("lifecycle-" + word(live), life + "free; " + live(live), written, "live", live, 1,
                    Contenders.writtenCode(extent));
            jmh("called-" + word(live), life + "call, free; " + live(live),
                    "LifecycleBenchmark.allocateWritePublishCallFree", "live", live, 1, Contenders.code(extent));
        }
        jmh("lifecycle-1k-2t", life + "free; 1,000 live, two threads, each", written, "live", 1_000, 2,
                Contenders.code(extent));
    }

    private void replacements() {
        List<Integer> lives = full ? List.of(1_000, 10_000, 100_000, MILLION) : List.of(10_000, 100_000, MILLION);
        for (int live : lives) {
            jmh("replace-data-" + word(live), "DataHeap: replace a random block; " + live(live),
                    "ReplacementBenchmark.Data", "live", live, 1, Contenders.dataOfMany(extent, live));
        }
        for (int live : lives) {
            jmh("replace-code-" + word(live), "CodeHeap: replace a random block; " + live(live),
                    "ReplacementBenchmark.Code", "live", live, 1,
                    live > 10_000 ? Contenders.codeOfMany(extent) : Contenders.codeOfAnySize(extent));
        }
    }

    private void growth() {
        for (String to : List.of("100k", "1M")) {
            for (String kind : List.of("Data", "Code")) {
                add("growth-%s-%s".formatted(kind, to).toLowerCase(Locale.ROOT),
                        kind + "Heap: allocate and write, growing to " + to,
                        new Task(Kind.JMH_ONCE, "GrowthBenchmark." + kind + ".growTo" + to, 1, Map.of()),
                        kind.equals("Data") ? Contenders.dataHeld(extent) : Contenders.codeOfMany(extent), TIME, 2);
            }
        }
    }

    private void remoteFrees() {
        String title = "Heap: one thread allocates, another frees";
        add("remote-data", "Data" + title, Task.jmh("RemoteFreeBenchmark.Data", 2, Map.of()),
                Contenders.dataHeld(extent), TIME, Experiment.EVERY_ROUND);
        add("remote-code", "Code" + title, Task.jmh("RemoteFreeBenchmark.Code", 2, Map.of()), Contenders.code(extent),
                TIME, Experiment.EVERY_ROUND);
    }

    private void traces() {
        for (String trace : List.of("classchurn", "maven")) {
            add("replay-" + trace, "CodeHeap: an event of the trace " + trace + ", written",
                    replay(Kind.TIME_PROBE, trace, "time"), Contenders.writtenCode(extent), TIME,
                    Experiment.EVERY_ROUND);
            add("peak-" + trace, "CodeHeap: peak memory of the trace " + trace,
                    replay(Kind.MEMORY_PROBE, trace, "peak"), Contenders.code(extent), PEAK, 1);
        }
    }

    private static Task replay(Kind kind, String trace, String figure) {
        return Task.probe(kind, "TraceReplay", Map.of("kind", "code", "trace", "hotspot-" + trace, "figure", figure));
    }

    private void memory() {
        for (int live : List.of(100_000, MILLION)) {
            memory("data", live, Contenders.dataHeld(extent));
            memory("code", live, !full && live > 100_000 ? Contenders.ashlar() : Contenders.codeOfMany(extent));
        }
    }

    private void memory(String kind, int live, List<Contender> contenders) {
        // asmjit takes half a minute to replace a million blocks.
        int turnovers = live > 100_000 ? 1 : 4;
        List<Metric> metrics = new ArrayList<>(List.of(new Metric("grown", "grown", "x"),
                new Metric("churned", "every block replaced once", "x")));
        if (turnovers > 1) {
            metrics.add(new Metric("churned-" + turnovers, turnovers + " times", "x"));
        }
        metrics.addAll(List.of(new Metric("halved", "half of them freed", "x"),
                new Metric("refilled", "grown back", "x"),
                new Metric("churned-seen", "replaced once, as the kernel counts", "x"),
                new Metric("metadata", "metadata in percent of it", "%")));
        add("memory-" + kind + "-" + word(live), heap(kind) + ": memory per live byte, " + live(live),
                Task.probe(Kind.MEMORY_PROBE, "Footprint", Map.of("kind", kind, "live", live, "turnovers", turnovers)),
                contenders, metrics, 1);
    }

    private void latency() {
        for (String kind : List.of("data", "code")) {
            add("latency-" + kind, heap(kind) + ": one allocate, growth to 100,000 and churn",
                    Task.probe(Kind.TIME_PROBE, "Latency", Map.of("kind", kind, "live", 100_000)),
                    kind.equals("data") ? Contenders.dataHeld(extent) : Contenders.codeOfMany(extent), LATENCY, 2);
        }
    }

    private void execution() {
        for (int functions : full ? List.of(20_000, 100_000) : List.of(20_000)) {
            for (int percent : List.of(100, 10)) {
                add("execution-" + word(functions) + "-" + percent,
                        "Code: call one of %,d functions, %d %% of them in use".formatted(functions, percent),
                        Task.jmh("ScatteredCallsBenchmark", 1,
                                Map.of("functions", functions, "calledPercent", percent, "hints", "off")),
                        percent == 100 ? Contenders.calledCode(extent) : Contenders.partlyCalledCode(extent), TIME,
                        Experiment.EVERY_ROUND);
            }
        }
    }

    /** Adds a benchmark with one parameter, which is also the number of its row. */
    private void jmh(String id, String title, String benchmark, String parameter, int value, int threads,
            List<Contender> contenders) {
        experiments
                .add(new Experiment(id, title, (double) value, Task.jmh(benchmark, threads, Map.of(parameter, value)),
                        contenders, TIME, Experiment.EVERY_ROUND));
    }

    private void add(String id, String title, Task task, List<Contender> contenders, List<Metric> metrics,
            int roundsMax) {
        experiments.add(new Experiment(id, title, null, task, contenders, metrics, roundsMax));
    }

    private static String heap(String kind) {
        return kind.equals("data") ? "DataHeap" : "CodeHeap";
    }

    /** {@return a count in an id: {@code 0}, {@code 10k}, {@code 1m}} */
    private static String word(int count) {
        if (count >= MILLION) {
            return count / MILLION + "m";
        }
        return count >= 1_000 ? count / 1_000 + "k" : Integer.toString(count);
    }

    private static String live(int count) {
        return count == 0 ? "nothing live" : "%,d live".formatted(count);
    }
}
