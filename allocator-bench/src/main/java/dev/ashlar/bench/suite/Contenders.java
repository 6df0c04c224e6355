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
record Contenders(Extent extent) {

    /** No rival for code requests huge pages, and asmjit has no such option. */
    private static final String SMALL_PAGES = "4 KiB pages";
    private static final String THP_ENABLED = HugePageSettings.read().thpEnabled().orElse("never");
    private static final String ON_HUGE_PAGES = "-thp";

    List<Contender> ashlar() {
        return List.of(code("ashlar"));
    }

    List<Contender> code() {
        return code(List.of("ashlar", "asmjit-critical"), "asmjit", "asmjit-dual-critical", "mmap+mprotect", "jffi");
    }

    List<Contender> writtenCode() {
        return plus(code(), code("range-tree"), code("floor"));
    }

    List<Contender> codeOfAnySize() {
        return code(List.of("ashlar", "asmjit-critical"), "mmap+mprotect");
    }

    /** {@return memories for code whose blocks have one size, with asmjit in a C++ loop} */
    List<Contender> codeOfSize(int byteSize) {
        return plus(byteSize == 256 ? code() : codeOfAnySize(),
                loop("asmjit-native", SMALL_PAGES, Map.of("loop", "pair", "byteSize", byteSize)));
    }

    /** {@return memories for code that can hold a million blocks} */
    List<Contender> codeOfMany() {
        return code(List.of("ashlar", "asmjit-critical"), "asmjit-dual-critical");
    }

    List<Contender> calledCode() {
        return code(List.of("ashlar", "mmap+mprotect"), "asmjit-critical");
    }

    /** {@return memories some of whose code is called, with an Ashlar that gets hints} */
    List<Contender> partlyCalledCode() {
        return plus(calledCode(), new Contender("ashlar-hints", "", Map.of("memory", "ashlar", "hints", "on"),
                Rival.environment(), Optional.empty()));
    }

    List<Contender> data() {
        return data(List.of("ashlar", "jemalloc", "jemalloc-critical"), "mimalloc-critical", "malloc-critical",
                "netty-pooled", "netty-adaptive");
    }

    /** {@return arenas, which zero their memory} */
    List<Contender> arenas() {
        return List.of(data("ashlar-arena"), data("arena"));
    }

    /** {@return memories for data that were made for threads} */
    List<Contender> dataOnThreads() {
        return data(List.of("ashlar"), "jemalloc-critical", "mimalloc-critical", "netty-pooled", "netty-adaptive");
    }

    /** {@return memories for live data, with C allocators in C++ loops and the floor} */
    List<Contender> dataOfMany(int live) {
        Contender jemalloc = replacements("jemalloc", live);
        Contender floor = Contender.of("floor", "huge pages of a DataHeap");
        return extent == Extent.QUICK
                ? List.of(data("ashlar"), jemalloc, floor)
                : plus(data(), jemalloc, onHugePages(jemalloc), replacements("mimalloc", live), floor);
    }

    /** {@return memories whose footprint is measured} */
    List<Contender> dataHeld() {
        return data(List.of("ashlar", "jemalloc-critical"), "jemalloc-critical" + ON_HUGE_PAGES, "mimalloc-critical",
                "malloc-critical", "netty-pooled", "netty-adaptive");
    }

    private List<Contender> code(List<String> always, String... inFullRun) {
        return names(always, inFullRun).map(Contenders::code).toList();
    }

    private List<Contender> data(List<String> always, String... inFullRun) {
        return names(always, inFullRun).map(Contenders::data).toList();
    }

    private Stream<String> names(List<String> always, String... inFullRun) {
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
        return new Contender(name, setting, Map.of(), Rival.environment(),
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
