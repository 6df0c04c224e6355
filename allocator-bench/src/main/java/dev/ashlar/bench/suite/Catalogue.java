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

    private final Contenders contenders;
    private final boolean full;
    private final List<Experiment> experiments = new ArrayList<>();

    private Catalogue(Extent extent) {
        this.contenders = new Contenders(extent);
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
            pair("Data", size, 1, contenders.data());
            if (size <= 4096) {
                pair("Data", size, 2, contenders.dataOnThreads());
            }
        }
        for (int size : full ? List.of(64, 256, 1024, 4096) : List.of(256)) {
            jmh("pair-arena-" + size, "DataHeap: open an arena, allocate " + size + " B zeroed, close it",
                    "PairBenchmark.Data", "byteSize", size, 1, contenders.arenas());
        }
        for (int size : full ? sizes : List.of(256)) {
            pair("Code", size, 1, contenders.codeOfSize(size));
        }
        pair("Code", 256, 2, contenders.code());
    }

    private void pair(String kind, int size, int threads, List<Contender> measured) {
        String id = "pair-" + lower(kind) + "-" + size;
        String title = kind + "Heap: allocate and free " + size + " B";
        jmh(threads == 1 ? id : id + "-2t", threads == 1 ? title : title + ", two threads, each",
                "PairBenchmark." + kind, "byteSize", size, threads, measured);
    }

    private void lifecycles() {
        String life = "CodeHeap: allocate, write, publish, ";
        String written = "LifecycleBenchmark.allocateWritePublishFree";
        for (int live : List.of(0, 10_000)) {
            jmh("lifecycle-" + word(live), life + "free; " + live(live), written, "live", live, 1,
                    contenders.writtenCode());
            jmh("called-" + word(live), life + "call, free; " + live(live),
                    "LifecycleBenchmark.allocateWritePublishCallFree", "live", live, 1, contenders.code());
        }
        jmh("lifecycle-1k-2t", life + "free; 1,000 live, two threads, each", written, "live", 1_000, 2,
                contenders.code());
    }

    private void replacements() {
        List<Integer> lives = full ? List.of(1_000, 10_000, 100_000, MILLION) : List.of(10_000, 100_000, MILLION);
        lives.forEach(live -> replacement("Data", live, contenders.dataOfMany(live)));
        lives.forEach(live -> replacement("Code", live,
                live > 10_000 ? contenders.codeOfMany() : contenders.codeOfAnySize()));
    }

    private void replacement(String kind, int live, List<Contender> measured) {
        jmh("replace-" + lower(kind) + "-" + word(live), kind + "Heap: replace a random block; " + live(live),
                "ReplacementBenchmark." + kind, "live", live, 1, measured);
    }

    private void growth() {
        for (String to : List.of("100k", "1M")) {
            for (String kind : List.of("Data", "Code")) {
                add("growth-%s-%s".formatted(kind, to).toLowerCase(Locale.ROOT),
                        kind + "Heap: allocate and write, growing to " + to,
                        new Task(Kind.JMH_ONCE, "GrowthBenchmark." + kind + ".growTo" + to, 1, Map.of()),
                        kind.equals("Data") ? contenders.dataHeld() : contenders.codeOfMany(), TIME, 2);
            }
        }
    }

    private void remoteFrees() {
        String title = "Heap: one thread allocates, another frees";
        add("remote-data", "Data" + title, Task.jmh("RemoteFreeBenchmark.Data", 2, Map.of()), contenders.dataHeld(),
                TIME, Experiment.EVERY_ROUND);
        add("remote-code", "Code" + title, Task.jmh("RemoteFreeBenchmark.Code", 2, Map.of()), contenders.code(), TIME,
                Experiment.EVERY_ROUND);
    }

    private void traces() {
        for (String trace : List.of("classchurn", "maven")) {
            add("replay-" + trace, "CodeHeap: an event of the trace " + trace + ", written",
                    replay(Kind.TIME_PROBE, trace, "time"), contenders.writtenCode(), TIME, Experiment.EVERY_ROUND);
            add("peak-" + trace, "CodeHeap: peak memory of the trace " + trace,
                    replay(Kind.MEMORY_PROBE, trace, "peak"), contenders.code(), PEAK, 1);
        }
    }

    private static Task replay(Kind kind, String trace, String figure) {
        return Task.probe(kind, "TraceReplay", Map.of("kind", "code", "trace", "hotspot-" + trace, "figure", figure));
    }

    private void memory() {
        for (int live : List.of(100_000, MILLION)) {
            memory("Data", live, contenders.dataHeld());
            memory("Code", live, !full && live > 100_000 ? contenders.ashlar() : contenders.codeOfMany());
        }
    }

    private void memory(String kind, int live, List<Contender> measured) {
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
        add("memory-" + lower(kind) + "-" + word(live), kind + "Heap: memory per live byte, " + live(live),
                Task.probe(Kind.MEMORY_PROBE, "Footprint",
                        Map.of("kind", lower(kind), "live", live, "turnovers", turnovers)),
                measured, metrics, 1);
    }

    private void latency() {
        for (String kind : List.of("Data", "Code")) {
            add("latency-" + lower(kind), kind + "Heap: one allocate, growth to 100,000 and churn",
                    Task.probe(Kind.TIME_PROBE, "Latency", Map.of("kind", lower(kind), "live", 100_000)),
                    kind.equals("Data") ? contenders.dataHeld() : contenders.codeOfMany(), LATENCY, 2);
        }
    }

    private void execution() {
        for (int functions : full ? List.of(20_000, 100_000) : List.of(20_000)) {
            for (int percent : List.of(100, 10)) {
                add("execution-" + word(functions) + "-" + percent,
                        "Code: call one of %,d functions, %d %% of them in use".formatted(functions, percent),
                        Task.jmh("ScatteredCallsBenchmark", 1,
                                Map.of("functions", functions, "calledPercent", percent, "hints", "off")),
                        percent == 100 ? contenders.calledCode() : contenders.partlyCalledCode(), TIME,
                        Experiment.EVERY_ROUND);
            }
        }
    }

    /** Adds a benchmark with one parameter, which is also the number of its row. */
    private void jmh(String id, String title, String benchmark, String parameter, int value, int threads,
            List<Contender> measured) {
        Task task = Task.jmh(benchmark, threads, Map.of(parameter, value));
        experiments.add(new Experiment(id, title, (double) value, task, measured, TIME, Experiment.EVERY_ROUND));
    }

    private void add(String id, String title, Task task, List<Contender> measured, List<Metric> metrics,
            int roundsMax) {
        experiments.add(new Experiment(id, title, null, task, measured, metrics, roundsMax));
    }

    private static String lower(String kind) {
        return kind.toLowerCase(Locale.ROOT);
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
