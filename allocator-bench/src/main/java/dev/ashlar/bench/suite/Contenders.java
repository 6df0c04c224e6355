package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.suite.Task.Kind;
import dev.ashlar.stubs.HugePageSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The contenders of each experiment, by the names of their memories. The first is always Ashlar. A full run adds those
 * that are slow or similar to others.
 */
final class Contenders {

    /** No rival for code requests huge pages, and asmjit has no such option. */
    private static final String SMALL_PAGES = "4 KiB pages";
    private static final String THP_ENABLED = HugePageSettings.read().thpEnabled().orElse("never");
    private static final String ON_HUGE_PAGES = "-thp";

    private Contenders() {}

    static List<Contender> ashlar() {
        return List.of(code("ashlar"));
    }

    static List<Contender> code(Extent extent) {
        return code(extent, List.of("ashlar", "asmjit-critical"), "asmjit", "asmjit-dual-critical", "mmap+mprotect",
                "jffi");
    }

    static List<Contender> writtenCode(Extent extent) {
        return plus(code(extent), code("range-tree"), code("floor"));
    }

    static List<Contender> codeOfAnySize(Extent extent) {
        return code(extent, List.of("ashlar", "asmjit-critical"), "mmap+mprotect");
    }

    /** {@return memories for code that can hold a million blocks} */
    static List<Contender> codeOfMany(Extent extent) {
        return code(extent, List.of("ashlar", "asmjit-critical"), "asmjit-dual-critical");
    }

    static List<Contender> calledCode(Extent extent) {
        return code(extent, List.of("ashlar", "mmap+mprotect"), "asmjit-critical");
    }

    /** {@return memories some of whose code is called, with an Ashlar that gets hints} */
    static List<Contender> partlyCalledCode(Extent extent) {
        return plus(calledCode(extent), new Contender("ashlar-hints", "", Map.of("memory", "ashlar", "hints", "on"),
                Map.of(), Optional.empty()));
    }

    /** {@return asmjit in a C++ loop that allocates and frees blocks of one size} */
    static Contender asmjitPair(int byteSize) {
        return loop("asmjit-native", SMALL_PAGES, Map.of("loop", "pair", "byteSize", byteSize));
    }

    static List<Contender> data(Extent extent) {
        return data(extent, List.of("ashlar", "jemalloc", "jemalloc-critical"), "mimalloc-critical", "malloc-critical",
                "netty-pooled", "netty-adaptive");
    }

    /** {@return arenas, which zero their memory} */
    static List<Contender> arenas() {
        return List.of(data("ashlar-arena"), data("arena"));
    }

    /** {@return memories for data that were made for threads} */
    static List<Contender> dataOnThreads(Extent extent) {
        return data(extent, List.of("ashlar"), "jemalloc-critical", "mimalloc-critical", "netty-pooled",
                "netty-adaptive");
    }

    /** {@return memories for live data, with C allocators in C++ loops and the floor} */
    static List<Contender> dataOfMany(Extent extent, int live) {
        Contender jemalloc = replacements("jemalloc", live);
        Contender floor = Contender.of("floor", "huge pages of a DataHeap");
        return extent == Extent.QUICK
                ? List.of(data("ashlar"), jemalloc, floor)
                : plus(data(extent), jemalloc, onHugePages(jemalloc), replacements("mimalloc", live), floor);
    }

    /** {@return memories whose footprint is measured} */
    static List<Contender> dataHeld(Extent extent) {
        return data(extent, List.of("ashlar", "jemalloc-critical"), "jemalloc-critical" + ON_HUGE_PAGES,
                "mimalloc-critical", "malloc-critical", "netty-pooled", "netty-adaptive");
    }

    private static List<Contender> code(Extent extent, List<String> always, String... inFullRun) {
        return names(extent, always, inFullRun).map(Contenders::code).toList();
    }

    private static List<Contender> data(Extent extent, List<String> always, String... inFullRun) {
        return names(extent, always, inFullRun).map(Contenders::data).toList();
    }

    private static Stream<String> names(Extent extent, List<String> always, String... inFullRun) {
        return Stream.concat(always.stream(), extent == Extent.FULL ? Stream.of(inFullRun) : Stream.empty());
    }

    /** An Ashlar reports its own pages. */
    private static Contender code(String memory) {
        return Contender.of(memory, memory.startsWith("ashlar") ? "" : SMALL_PAGES);
    }

    private static Contender data(String memory) {
        return memory.endsWith(ON_HUGE_PAGES)
                ? onHugePages(data(memory.substring(0, memory.length() - ON_HUGE_PAGES.length())))
                : Contender.of(memory, memory.startsWith("ashlar") ? "" : smallPages(THP_ENABLED));
    }

    private static Contender replacements(String memory, int live) {
        return loop(memory + "-native", smallPages(THP_ENABLED),
                Map.of("loop", "replace", "memory", memory, "live", live));
    }

    private static Contender loop(String name, String setting, Map<String, ?> parameters) {
        return new Contender(name, setting, Map.of(), Map.of(),
                Optional.of(Task.probe(Kind.TIME_PROBE, "NativeLoop", parameters)));
    }

    private static Contender onHugePages(Contender contender) {
        return new Contender(contender.name() + ON_HUGE_PAGES, hugePages(THP_ENABLED), contender.parameters(),
                Rival.environmentOnHugePages(), contender.ownTask());
    }

    /** {@return the setting of a memory that requests huge pages on a host with this switch} */
    static String hugePages(String enabled) {
        return enabled.equals("never") ? "THP off on this host" : "THP on";
    }

    /** {@return the setting of a memory that does not request huge pages on a host with this switch} */
    static String smallPages(String enabled) {
        return enabled.equals("always") ? "THP on for all on this host" : "THP off";
    }

    private static List<Contender> plus(List<Contender> some, Contender... more) {
        return Stream.concat(some.stream(), Stream.of(more)).toList();
    }
}
