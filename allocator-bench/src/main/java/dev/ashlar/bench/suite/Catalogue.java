package dev.ashlar.bench.suite;

import dev.ashlar.bench.filters.FilterSet;
import dev.ashlar.bench.linking.ModuleLinker;
import dev.ashlar.bench.rivals.BuildFolder;
import dev.ashlar.bench.rivals.Rival.Kind;
import dev.ashlar.bench.suite.Experiment.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** All experiments. */
final class Catalogue {

    private static final int MIB = 1 << 20;
    private static final int MILLION = 1_000_000;
    private static final int REMOTE_THREADS = 4;
    private static final List<Metric> TIME = List.of(Experiment.TIME);
    private static final List<Metric> PEAK = List.of(new Metric("whole", "over peak live bytes", "x"),
            new Metric("less-one", "less one region, over peak live bytes", "x"));
    private static final List<Metric> LATENCY = List.of(new Metric("p50", "median", "ns"),
            new Metric("p99", "p99", "ns"), new Metric("p99.9", "p99.9", "ns"), new Metric("p99.99", "p99.99", "ns"),
            new Metric("max", "longest", "ns"), new Metric("fresh-p50", "fresh blocks, median", "ns"),
            new Metric("fresh-p99.9", "fresh blocks, p99.9", "ns"));

    private static final int LINKED_COUNT = 200;
    private static final List<Metric> LINKING = List.of(new Metric("cpu", "processor time", "ns"),
            new Metric("mappings", "mappings added", "mappings"),
            new Metric("pages", "pages of all", "KiB"), new Metric("mprotect", "calls of mprotect", "calls"),
            new Metric("split", "code that is not huge after healing", "regions"));

    /** The memory of an Ashlar that prepares no regions: what a prepared one adds is a row of its own. */
    private static final String UNPREPARED = "ashlar=ashlar-unprepared before";

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
        catalogue.remoteFrees();
        catalogue.lifetimes();
        catalogue.watched();
        catalogue.jvms();
        List.of("classchurn", "maven").forEach(name -> catalogue.trace(name, BuildFolder.path()
                .resolve("../../allocator-tool/traces/hotspot-" + name + ".trace.gz").normalize()));
        catalogue.growth();
        catalogue.latency();
        catalogue.memory();
        catalogue.linking();
        catalogue.assembling();
        catalogue.filters();
        if (catalogue.full) {
            catalogue.execution();
        }
        return catalogue.experiments;
    }

    /** {@return the experiments with a trace in a file} */
    static List<Experiment> trace(Path file) {
        Catalogue catalogue = new Catalogue(Extent.FULL);
        String name = file.getFileName().toString().replaceFirst("\\..*", "").toLowerCase(Locale.ROOT);
        catalogue.trace(name.replaceAll("[^a-z0-9]+", "-"), file.toAbsolutePath());
        return catalogue.experiments;
    }

    private void pairs() {
        for (int size : full ? List.of(16, 48, 64, 256, 1024, 4096, 32768, MIB) : List.of(64, 4096, 32768, MIB)) {
            pair("Data", size, 1, "ashlar before jemalloc-critical", "mimalloc-critical floor"
                    + (size == 256 || size == 4096 ? " jemalloc malloc-critical netty-pooled netty-adaptive" : ""));
        }
        for (int size : full ? List.of(16, 48, 64, 256, 1024) : List.of(256)) {
            pair("Code", size, 1, "ashlar before asmjit-native", "asmjit-critical asmjit-fill-native" + (size == 256
                    ? " asmjit-fill-critical floor asmjit asmjit-dual-critical mmap+mprotect jffi" : ""));
        }
        for (int size : List.of(4096, 32768, MIB)) {
            pair("Code", size, 1, "ashlar before floor", "asmjit-native asmjit-fill-native");
        }
        for (int size : full ? List.of(64, 256, 1024, 4096) : List.of(256)) {
            jmh("pair-arena-" + size, "DataHeap: open an arena, allocate " + size + " B zeroed, close it",
                    "PairBenchmark.Data", "byteSize", size, 1, data("ashlar-arena before arena", ""));
        }
        if (full) {
            pair("Data", 64, 2, "ashlar before jemalloc-critical mimalloc-critical", "");
            pair("Data", 256, 2, "ashlar before jemalloc-critical mimalloc-critical netty-adaptive", "");
            pair("Code", 256, 2, "ashlar before asmjit-critical", "");
            pair("Data", 256, 8, "ashlar before jemalloc-critical mimalloc-critical", "");
            pair("Code", 256, 8, "ashlar before asmjit-critical", "");
        }
    }

    private void pair(String kind, int size, int threads, String always, String inFullRun) {
        jmh("pair-" + lower(kind) + "-" + size + suffix(threads),
                kind + "Heap: allocate and free " + size + " B" + on(threads), "PairBenchmark." + kind, "byteSize",
                size, threads, contenders(kind).of(always, inFullRun));
    }

    private void lifecycles() {
        String life = "CodeHeap: allocate, write, publish, ";
        String written = "LifecycleBenchmark.allocateWritePublishFree";
        for (int live : List.of(0, 10_000)) {
            jmh("lifecycle-" + word(live), life + "free; " + live(live), written, "live", live, 1,
                    code("ashlar before asmjit-critical floor",
                            "asmjit-fill-critical asmjit-dual-critical mmap+mprotect"));
            if (full || live == 0) {
                jmh("called-" + word(live), life + "call, free; " + live(live),
                        "LifecycleBenchmark.allocateWritePublishCallFree", "live", live, 1,
                        code("ashlar before asmjit-critical", "asmjit-fill-critical asmjit-dual-critical"));
            }
        }
        for (int threads : full ? List.of(2, 8) : List.<Integer>of()) {
            jmh("lifecycle-1k" + suffix(threads), life + "free; 1,000 live" + on(threads), written, "live", 1_000,
                    threads, code("ashlar before asmjit-critical", ""));
        }
    }

    private void replacements() {
        for (int live : full ? List.of(1_000, 10_000, 100_000, MILLION) : List.of(10_000, 100_000, MILLION)) {
            replacement("Data", live, 1, "ashlar before jemalloc-critical floor",
                    "harness mimalloc-critical jemalloc-native" + (live == 10_000 || live == MILLION
                            ? " jemalloc jemalloc-critical-thp mimalloc-critical-thp malloc-critical netty-pooled"
                                    + " netty-adaptive jemalloc-native-thp mimalloc-native"
                            : ""));
            replacement("Code", live, 1, "ashlar before", "floor harness asmjit-critical" + (live == 10_000
                    ? " asmjit-fill-critical mmap+mprotect" : ""));
        }
        if (full) {
            replacement("Data", 10_000, 8, "ashlar before jemalloc-critical mimalloc-critical", "");
        }
    }

    private void replacement(String kind, int live, int threads, String always, String inFullRun) {
        jmh("replace-" + lower(kind) + "-" + word(live) + suffix(threads),
                kind + "Heap: replace a random block; " + live(live) + on(threads), "ReplacementBenchmark." + kind,
                "live", live, threads, contenders(kind).of(always, inFullRun));
    }

    private void remoteFrees() {
        String title = "Heap: one thread allocates, another frees";
        add("remote-data", "Data" + title, Task.jmh("RemoteFreeBenchmark.Data", 2, Map.of()),
                data("ashlar before jemalloc-critical", "mimalloc-critical malloc-critical netty-pooled"), TIME,
                Experiment.EVERY_ROUND);
        add("remote-code", "Code" + title, Task.jmh("RemoteFreeBenchmark.Code", 2, Map.of()),
                code("ashlar before asmjit-critical", "asmjit-fill-critical"), TIME, Experiment.EVERY_ROUND);
    }

    private void lifetimes() {
        lifetime("take", "take a block of 256 B", "Take", "ashlar-grouped ashlar-unmanaged");
        lifetime("close", "free a block of a group of 1,000", "End", "ashlar-grouped ashlar-unmanaged-and-arena");
        lifetime("retire", "retire and free a block, 100 at a time", "End", "ashlar-retired ashlar-unmanaged");
        lifetime("call", "call a function by its handle", "Call", "ashlar-grouped ashlar-unmanaged");
    }

    private void lifetime(String id, String title, String benchmark, String memories) {
        add("lifetime-" + id, "CodeHeap: " + title, Task.jmh("LifetimeBenchmark." + benchmark, 1, Map.of()),
                code(memories, ""), TIME, Experiment.EVERY_ROUND);
    }

    private void watched() {
        watched("off", "nothing watches", "ashlar=ashlar-unwatched before");
        watched("bean", "an MXBean is registered", "ashlar-bean ashlar-unwatched");
        watched("recorded", "a recording runs", "ashlar-recorded ashlar-unwatched");
        watched("named", "each has a name", "ashlar-named ashlar-unwatched");
        watched("dumped", "perf sees each", "ashlar-dumped ashlar-unwatched");
        watched("debugged", "gdb sees each", "ashlar-debugged ashlar-unwatched");
        watched("unwound", "each has its own frame", "ashlar-unwound ashlar-named");
        watched("each-recorded", "a recording has each function", "ashlar-each-recorded ashlar-unwatched");
    }

    private void watched(String id, String title, String memories) {
        add("watched-" + id, "CodeHeap: define and free 256 B, " + title, Task.jmh("WatchedBenchmark", 1, Map.of()),
                code(memories, ""), TIME, Experiment.EVERY_ROUND);
    }

    /** Repeats some experiments, with few contenders, in JVMs with other options. */
    private void jvms() {
        String repeated = full ? "pair-(data|code)-256|lifecycle-0|replace-data-(10k|1m)" : "replace-data-10k";
        for (Experiment experiment : List.copyOf(experiments)) {
            if (experiment.id().matches(repeated)) {
                in("g1", "G1", "-XX:+UseG1GC", experiment);
            }
            if (full && experiment.id().matches("pair-data-256|replace-data-1m")) {
                in("compact", "compact headers", "-XX:+UseSerialGC -XX:+UseCompactObjectHeaders", experiment);
            }
            if (full && experiment.id().matches("replace-data-(10k|1m)")) {
                in("hugeheap", "Java heap on huge pages", "-XX:+UseSerialGC -XX:+UseTransparentHugePages", experiment);
            }
        }
    }

    private void in(String id, String title, String options, Experiment experiment) {
        List<Contender> few = experiment.contenders().stream().filter(contender -> contender.name().matches(
                "ashlar|before|(jemalloc|asmjit)-critical|harness")).toList();
        experiments.add(new Experiment(experiment.id() + "-" + id, experiment.title() + ", " + title, null,
                experiment.task().in(options), few, TIME, experiment.roundsMax()));
    }

    private void trace(String name, Path file) {
        add("replay-" + name, "CodeHeap: an event of the trace " + name + ", written",
                Task.probe(Task.Kind.TIME_PROBE, "TraceReplay",
                        Map.of("kind", "code", "trace", file, "figure", "time")),
                code("ashlar before asmjit-native asmjit-fill-native",
                        "asmjit-critical asmjit-fill-critical mmap+mprotect floor"),
                TIME, Experiment.EVERY_ROUND);
        add("peak-" + name, "CodeHeap: peak memory of the trace " + name,
                Task.probe(Task.Kind.MEMORY_PROBE, "TraceReplay",
                        Map.of("kind", "code", "trace", file, "figure", "peak")),
                code(UNPREPARED, "asmjit-critical asmjit-dual-critical mmap+mprotect jffi"), PEAK, 1);
    }

    private void growth() {
        for (String to : full ? List.of("100k", "1M") : List.of("100k")) {
            for (String kind : List.of("Data", "Code")) {
                add("growth-%s-%s".formatted(kind, to).toLowerCase(Locale.ROOT),
                        kind + "Heap: allocate and write, growing to " + to,
                        Task.once("GrowthBenchmark." + kind + ".growTo" + to), kind.equals("Data")
                                ? data("ashlar before floor", "jemalloc-critical jemalloc-critical-thp"
                                        + " mimalloc-critical mimalloc-critical-thp malloc-critical")
                                : code("ashlar before floor", "asmjit-critical asmjit-fill-critical"),
                        TIME, Experiment.EVERY_ROUND);
            }
        }
    }

    private void latency() {
        for (String kind : full ? List.of("Data", "Code") : List.of("Data")) {
            List<Contender> measured = kind.equals("Data")
                    ? data("ashlar before jemalloc-critical", "jemalloc-critical-thp mimalloc-critical malloc-critical")
                    : code("ashlar before", "asmjit-critical");
            latency("latency-", kind, "growth to 100,000 and churn", 100_000, 0, measured, LATENCY);
            latency("paced-", kind, "growth to 400,000, a region in 10 ms", 400_000, 10, measured,
                    LATENCY.subList(0, 5));
        }
    }

    private void latency(String id, String kind, String title, int live, int millisPerRegion, List<Contender> measured,
            List<Metric> metrics) {
        add(id + lower(kind), kind + "Heap: one allocate, " + title, Task.probe(Task.Kind.TIME_PROBE, "Latency",
                Map.of("kind", lower(kind), "live", live, "pace", millisPerRegion)), measured, metrics, 3);
    }

    private void memory() {
        String rivals = "jemalloc-critical jemalloc-critical-thp mimalloc-critical malloc-critical netty-pooled";
        if (full) {
            memory("data", 100_000, 1, data(UNPREPARED, rivals));
            memory("code", MILLION, 1, code(UNPREPARED, ""));
            memory("code", 100_000, REMOTE_THREADS, code(UNPREPARED, ""));
        }
        memory("data", MILLION, 1, data(UNPREPARED, rivals));
        memory("code", 100_000, 1, code(UNPREPARED, "asmjit-critical"));
        memory("data", 100_000, REMOTE_THREADS, data(UNPREPARED, "jemalloc-critical mimalloc-critical"));
        for (String kind : full ? List.of("data", "code") : List.of("data")) {
            add("prepared-" + kind, "%sHeap: memory with a prepared region".formatted(upper(kind)),
                    footprint(kind, 100_000, 1, 1), contenders(kind).of("ashlar ashlar-unprepared", ""),
                    List.of(new Metric("grown", "grown to 100,000, per live byte", "x")), 1);
        }
    }

    private void memory(String kind, int live, int threads, List<Contender> measured) {
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
        add((threads > 1 ? "memory-remote-" : "memory-") + kind + "-" + word(live),
                "%sHeap: memory per live byte, %s".formatted(upper(kind), live(live))
                        + (threads > 1 ? ", %d threads in turn".formatted(threads) : ""),
                footprint(kind, live, turnovers, threads), measured, metrics, 1);
    }

    private static Task footprint(String kind, int live, int turnovers, int threads) {
        return Task.probe(Task.Kind.MEMORY_PROBE, "Footprint",
                Map.of("kind", kind, "live", live, "turnovers", turnovers, "threads", threads));
    }

    private void linking() {
        String shared = "ashlar-with-code ashlar";
        linking("mcjit", "modules", "a module compiled by MCJIT", shared);
        linking("mcjit", "together", "a module compiled by MCJIT, 200 published together", "ashlar");
        linking("jitlink", "objects", "an object linked by ORC with JITLink", "ashlar");
        if (full) {
            linking("orc", "modules", "a module compiled by ORC", shared);
            linking("orc", "objects", "an object linked by ORC", shared);
            linking("jitlink", "modules", "a module compiled by ORC with JITLink", "ashlar");
        }
    }

    private void linking(String engine, String form, String title, String memories) {
        add("llvm-" + engine + "-" + form, "LLVM: " + title, Task.probe(Task.Kind.TIME_PROBE, "Linking",
                Map.of("engine", engine, "form", form, "count", LINKED_COUNT)),
                code(memories + " " + ModuleLinker.LLVM, ""), LINKING, 5);
    }

    private void assembling() {
        for (int live : List.of(0, 10_000)) {
            add("assembled-" + word(live), "Native code: assemble by asmjit, allocate, write, publish, call, free; "
                    + live(live), Task.probe(Task.Kind.TIME_PROBE, "NativeLoop", Map.of("assembled", live)),
                    code("ashlar asmjit-dual ashlar-calls", ""), TIME, Experiment.EVERY_ROUND);
        }
    }

    private void filters() {
        List<Contender> contenders = Stream.of(FilterSet.ASHLAR, FilterSet.METHOD_HANDLES, FilterSet.HIDDEN_CLASSES,
                FilterSet.HIDDEN_CLASSES_WITHOUT_JUMPS, FilterSet.ASHLAR_SCALAR)
                .map(name -> Contender.of(name, "")).toList();
        for (int count : List.of(64, 1)) {
            add("filters-" + count, "A row in a filter, " + (count == 1 ? "one filter" : count + " filters in turn"),
                    Task.jmh("FilterBenchmark", 1, Map.of("filters", count)), contenders, TIME,
                    Experiment.EVERY_ROUND);
        }
    }

    private void execution() {
        for (int functions : List.of(20_000, 100_000)) {
            for (int percent : List.of(100, 10)) {
                add("execution-" + word(functions) + "-" + percent,
                        "Code: call one of %,d functions, %d %% of them in use".formatted(functions, percent),
                        Task.jmh("ScatteredCallsBenchmark", 1,
                                Map.of("functions", functions, "calledPercent", percent, "hints", "off")),
                        code("ashlar before mmap+mprotect asmjit-critical", percent == 100 ? "" : "ashlar-hints"),
                        TIME, Experiment.EVERY_ROUND);
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

    private List<Contender> data(String always, String inFullRun) {
        return contenders("data").of(always, inFullRun);
    }

    private List<Contender> code(String always, String inFullRun) {
        return contenders("code").of(always, inFullRun);
    }

    private Contenders contenders(String kind) {
        return new Contenders(Kind.valueOf(kind.toUpperCase(Locale.ROOT)), extent);
    }

    private static String lower(String kind) {
        return kind.toLowerCase(Locale.ROOT);
    }

    private static String upper(String kind) {
        return kind.equals("data") ? "Data" : "Code";
    }

    private static String suffix(int threads) {
        return threads == 1 ? "" : "-" + threads + "t";
    }

    private static String on(int threads) {
        return threads == 1 ? "" : ", %d threads, each".formatted(threads);
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
