package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.Rival;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Who takes part in what. The first is ours. */
final class Contenders {

    /** No rival for code asks for huge pages, and this version of asmjit has no such option. */
    private static final String SMALL_PAGES = "4 KiB pages";
    private static final String THP_OFF = HugePageWords.notAsked();

    private static final Contender OURS = Contender.of("ashlar", "");

    static final Contender JEMALLOC = Contender.of("jemalloc", THP_OFF);
    private static final Contender JEMALLOC_CRITICAL = Contender.of("jemalloc-critical", THP_OFF);
    private static final Contender ASMJIT_CRITICAL = Contender.of("asmjit-critical", SMALL_PAGES);
    private static final Contender FLOOR_OF_DATA = Contender.of("floor", "huge pages of a DataHeap");

    private Contenders() {}

    static List<Contender> ours() {
        return List.of(OURS);
    }

    /** {@return memories for code; the slow ones, microseconds an operation, only in a full run} */
    static List<Contender> code(Extent extent) {
        return switch (extent) {
            case QUICK -> List.of(OURS, ASMJIT_CRITICAL);
            case FULL -> List.of(OURS, ASMJIT_CRITICAL, Contender.of("asmjit", SMALL_PAGES),
                    Contender.of("asmjit-dual-critical", SMALL_PAGES), Contender.of("mmap+mprotect", SMALL_PAGES),
                    Contender.of("jffi", SMALL_PAGES));
        };
    }

    /** {@return memories for code that is written: also a range tree, and the floor under all of them} */
    static List<Contender> writtenCode(Extent extent) {
        return Stream.concat(code(extent).stream(),
                Stream.of(Contender.of("range-tree", SMALL_PAGES), Contender.of("floor", SMALL_PAGES))).toList();
    }

    /** {@return memories for code at any size: one of each kind} */
    static List<Contender> codeOfAnySize(Extent extent) {
        return switch (extent) {
            case QUICK -> code(extent);
            case FULL -> List.of(OURS, ASMJIT_CRITICAL, Contender.of("mmap+mprotect", SMALL_PAGES));
        };
    }

    /** {@return memories for code, those left out with which a million blocks are out of reach} */
    static List<Contender> codeOfMany(Extent extent) {
        return switch (extent) {
            case QUICK -> code(extent);
            case FULL -> List.of(OURS, ASMJIT_CRITICAL, Contender.of("asmjit-dual-critical", SMALL_PAGES));
        };
    }

    /** {@return memories whose code is called} */
    static List<Contender> executable(Extent extent) {
        List<Contender> all = List.of(OURS, Contender.of("mmap+mprotect", SMALL_PAGES), ASMJIT_CRITICAL);
        return extent == Extent.QUICK ? all.subList(0, 2) : all;
    }

    /** {@return the same where some of the code is not called: ours also told which} */
    static List<Contender> executableInPart(Extent extent) {
        return Stream.concat(executable(extent).stream(), Stream.of(OURS.told("ashlar-hints", "hints", "on"))).toList();
    }

    /** {@return memories for data} */
    static List<Contender> data(Extent extent) {
        return switch (extent) {
            case QUICK -> List.of(OURS, JEMALLOC, JEMALLOC_CRITICAL);
            case FULL -> List.of(OURS, JEMALLOC, JEMALLOC_CRITICAL, Contender.of("mimalloc-critical", THP_OFF),
                    Contender.of("malloc-critical", THP_OFF),
                    Contender.of("netty-pooled", THP_OFF), Contender.of("netty-adaptive", THP_OFF));
        };
    }

    /** {@return arenas, which zero what they give} */
    static List<Contender> arenas() {
        return List.of(Contender.of("ashlar-arena", ""), Contender.of("arena", THP_OFF));
    }

    /** {@return memories for data on two threads: ours against itself, and the rivals that were made for threads} */
    static List<Contender> dataOnThreads(Extent extent) {
        return switch (extent) {
            case QUICK -> List.of(OURS);
            case FULL -> List.of(OURS, JEMALLOC_CRITICAL, Contender.of("mimalloc-critical", THP_OFF),
                    Contender.of("netty-pooled", THP_OFF), Contender.of("netty-adaptive", THP_OFF));
        };
    }

    /**
     * {@return memories for data with live blocks: also by loops in C++, and with huge pages where they can; and the
     * floor under all that are called from Java}
     */
    static List<Contender> dataOfMany(Extent extent, int live) {
        Contender nativeJemalloc = JEMALLOC.doing("jemalloc-native", nativeLoop("jemalloc", live));
        Contender withThp = onHugePages(nativeJemalloc);
        return switch (extent) {
            case QUICK -> List.of(OURS, nativeJemalloc, FLOOR_OF_DATA);
            case FULL -> Stream.concat(data(extent).stream(), Stream.of(nativeJemalloc, withThp,
                    Contender.of("mimalloc", THP_OFF).doing("mimalloc-native", nativeLoop("mimalloc", live)),
                    FLOOR_OF_DATA))
                    .toList();
        };
    }

    /** {@return memories for data whose memory is measured} */
    static List<Contender> dataHeld(Extent extent) {
        return switch (extent) {
            case QUICK -> List.of(OURS, JEMALLOC_CRITICAL);
            case FULL -> List.of(OURS, JEMALLOC_CRITICAL,
                    onHugePages(JEMALLOC_CRITICAL),
                    Contender.of("mimalloc-critical", THP_OFF), Contender.of("malloc-critical", THP_OFF),
                    Contender.of("netty-pooled", THP_OFF), Contender.of("netty-adaptive", THP_OFF));
        };
    }

    private static Contender onHugePages(Contender contender) {
        return contender.in(contender.name() + "-thp", HugePageWords.asked(), Rival.environmentOnHugePages());
    }

    private static Task nativeLoop(String memory, int live) {
        return new Task.Probe("NativeLoop", Task.Measures.TIME,
                Map.of("loop", "replace", "memory", memory, "live", Integer.toString(live)));
    }

    /** {@return asmjit by a loop in C++, which allocates and frees blocks of one size} */
    static Contender asmjitPair(int byteSize) {
        return Contender.of("asmjit", SMALL_PAGES).doing("asmjit-native",
                new Task.Probe("NativeLoop", Task.Measures.TIME,
                        Map.of("loop", "pair", "byteSize", Integer.toString(byteSize))));
    }
}
