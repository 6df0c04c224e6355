package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.suite.Task.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The contenders of each experiment. The first is always Ashlar. */
final class Contenders {

    /** No rival for code requests huge pages, and asmjit has no such option. */
    private static final String SMALL_PAGES = "4 KiB pages";
    private static final String THP_OFF = HugePageNote.notRequested();

    private static final Contender ASHLAR = Contender.of("ashlar", "");

    private static final Contender ASMJIT = Contender.of("asmjit", SMALL_PAGES);
    private static final Contender ASMJIT_CRITICAL = Contender.of("asmjit-critical", SMALL_PAGES);
    private static final Contender ASMJIT_DUAL = Contender.of("asmjit-dual-critical", SMALL_PAGES);
    private static final Contender MAPPING = Contender.of("mmap+mprotect", SMALL_PAGES);

    private static final Contender JEMALLOC = Contender.of("jemalloc", THP_OFF);
    private static final Contender JEMALLOC_CRITICAL = Contender.of("jemalloc-critical", THP_OFF);
    private static final Contender MIMALLOC_CRITICAL = Contender.of("mimalloc-critical", THP_OFF);
    private static final Contender MALLOC_CRITICAL = Contender.of("malloc-critical", THP_OFF);
    private static final Contender NETTY_POOLED = Contender.of("netty-pooled", THP_OFF);
    private static final Contender NETTY_ADAPTIVE = Contender.of("netty-adaptive", THP_OFF);

    private Contenders() {}

    static List<Contender> ashlar() {
        return List.of(ASHLAR);
    }

    /** {@return memories for code; a full run adds the slow ones, with microseconds per operation} */
    static List<Contender> code(Extent extent) {
        return switch (extent) {
            case QUICK -> List.of(ASHLAR, ASMJIT_CRITICAL);
            case FULL -> List.of(ASHLAR, ASMJIT_CRITICAL, ASMJIT, ASMJIT_DUAL, MAPPING,
                    Contender.of("jffi", SMALL_PAGES));
        };
    }

    /** {@return memories for written code, with the range tree and the floor} */
    static List<Contender> writtenCode(Extent extent) {
        return plus(code(extent), Contender.of("range-tree", SMALL_PAGES), Contender.of("floor", SMALL_PAGES));
    }

    /** {@return one memory for code of each kind} */
    static List<Contender> codeOfAnySize(Extent extent) {
        return extent == Extent.QUICK ? code(extent) : List.of(ASHLAR, ASMJIT_CRITICAL, MAPPING);
    }

    /** {@return memories for code that can hold a million blocks} */
    static List<Contender> codeOfMany(Extent extent) {
        return extent == Extent.QUICK ? code(extent) : List.of(ASHLAR, ASMJIT_CRITICAL, ASMJIT_DUAL);
    }

    /** {@return memories whose code is called} */
    static List<Contender> calledCode(Extent extent) {
        return extent == Extent.QUICK ? List.of(ASHLAR, MAPPING) : List.of(ASHLAR, MAPPING, ASMJIT_CRITICAL);
    }

    /** {@return memories some of whose code is called, with an Ashlar that gets hints} */
    static List<Contender> partlyCalledCode(Extent extent) {
        return plus(calledCode(extent), ASHLAR.withParameter("ashlar-hints", "hints", "on"));
    }

    /** {@return asmjit in a C++ loop that allocates and frees blocks of one size} */
    static Contender asmjitPair(int byteSize) {
        return ASMJIT.withTask("asmjit-native", Task.probe(Kind.TIME_PROBE, "NativeLoop",
                Map.of("loop", "pair", "byteSize", Integer.toString(byteSize))));
    }

    /** {@return memories for data} */
    static List<Contender> data(Extent extent) {
        List<Contender> quick = List.of(ASHLAR, JEMALLOC, JEMALLOC_CRITICAL);
        return extent == Extent.QUICK
                ? quick
                : plus(quick, MIMALLOC_CRITICAL, MALLOC_CRITICAL, NETTY_POOLED, NETTY_ADAPTIVE);
    }

    /** {@return arenas, which zero their memory} */
    static List<Contender> arenas() {
        return List.of(Contender.of("ashlar-arena", ""), Contender.of("arena", THP_OFF));
    }

    /** {@return memories for data on two threads: Ashlar, and in a full run the rivals that were made for threads} */
    static List<Contender> dataOnThreads(Extent extent) {
        return extent == Extent.QUICK
                ? ashlar()
                : List.of(ASHLAR, JEMALLOC_CRITICAL, MIMALLOC_CRITICAL, NETTY_POOLED, NETTY_ADAPTIVE);
    }

    /** {@return memories for live data, with C allocators in C++ loops and the floor} */
    static List<Contender> dataOfMany(Extent extent, int live) {
        Contender nativeJemalloc = JEMALLOC.withTask("jemalloc-native", replacementLoop("jemalloc", live));
        Contender floor = Contender.of("floor", "huge pages of a DataHeap");
        return extent == Extent.QUICK
                ? List.of(ASHLAR, nativeJemalloc, floor)
                : plus(data(extent), nativeJemalloc, onHugePages(nativeJemalloc), Contender.of("mimalloc", THP_OFF)
                        .withTask("mimalloc-native", replacementLoop("mimalloc", live)), floor);
    }

    /** {@return memories whose footprint is measured} */
    static List<Contender> dataHeld(Extent extent) {
        return extent == Extent.QUICK
                ? List.of(ASHLAR, JEMALLOC_CRITICAL)
                : List.of(ASHLAR, JEMALLOC_CRITICAL, onHugePages(JEMALLOC_CRITICAL), MIMALLOC_CRITICAL,
                        MALLOC_CRITICAL, NETTY_POOLED, NETTY_ADAPTIVE);
    }

    private static Contender onHugePages(Contender contender) {
        return contender.withEnvironment(contender.name() + "-thp", HugePageNote.requested(),
                Rival.environmentOnHugePages());
    }

    private static Task replacementLoop(String memory, int live) {
        return Task.probe(Kind.TIME_PROBE, "NativeLoop",
                Map.of("loop", "replace", "memory", memory, "live", Integer.toString(live)));
    }

    private static List<Contender> plus(List<Contender> some, Contender... more) {
        return Stream.concat(some.stream(), Stream.of(more)).toList();
    }
}
