package dev.ashlar.bench.rivals;

import io.netty.buffer.AdaptiveByteBufAllocator;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The memories for data. */
public enum DataRival implements Rival {

    /** Ours. */
    ASHLAR("ashlar", "nothing"),

    /** Ours, an arena for each block, zeroed. */
    ASHLAR_ARENA("ashlar-arena", "nothing"),

    /** The C library's malloc. */
    MALLOC("malloc", "nothing"),

    /** The same through downcalls that skip the thread's state change. */
    MALLOC_CRITICAL("malloc-critical", "nothing"),

    /** jemalloc. */
    JEMALLOC("jemalloc", Malloc.JEMALLOC_NEEDS),

    /** The same through downcalls that skip the thread's state change. */
    JEMALLOC_CRITICAL("jemalloc-critical", Malloc.JEMALLOC_NEEDS),

    /** mimalloc. */
    MIMALLOC("mimalloc", Malloc.MIMALLOC_NEEDS),

    /** The same through downcalls that skip the thread's state change. */
    MIMALLOC_CRITICAL("mimalloc-critical", Malloc.MIMALLOC_NEEDS),

    /** Netty's pool of arenas, with a cache for every thread. */
    NETTY_POOLED("netty-pooled", "nothing"),

    /** Netty's adaptive pool. */
    NETTY_ADAPTIVE("netty-adaptive", "nothing"),

    /** What the JDK offers: an arena for each block, zeroed. */
    ARENA("arena", "nothing"),

    /** The least that an allocator must do. */
    FLOOR("floor", "nothing"),

    /** No allocator: what the benchmark itself costs. */
    HARNESS("harness", "nothing");

    private final String label;
    private final String needs;

    DataRival(String label, String needs) {
        this.label = label;
        this.needs = needs;
    }

    /**
     * {@return the rival of that label}
     *
     * @throws IllegalArgumentException if there is none; the message lists all
     */
    public static DataRival of(String label) {
        return Stream.of(values()).filter(rival -> rival.label.equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such memory for data: label=" + label + ", known="
                        + Stream.of(values()).map(DataRival::label).collect(Collectors.joining(" "))));
    }

    /**
     * Opens it, empty; the caller closes it.
     *
     * @param slotCount how many blocks may be live at once, see {@link DataMemory}
     * @throws RivalUnavailableException if it cannot be had in this JVM
     */
    public DataMemory open(int slotCount) {
        return switch (this) {
            case ASHLAR -> DataHeapMemory.open();
            case MALLOC -> new OrdinaryMalloc(label, Malloc.ofTheProcess());
            case MALLOC_CRITICAL -> new CriticalMalloc(label, Malloc.ofTheProcess());
            case JEMALLOC -> new OrdinaryMalloc(label, Malloc.jemalloc());
            case JEMALLOC_CRITICAL -> new CriticalMalloc(label, Malloc.jemalloc());
            case MIMALLOC -> new OrdinaryMalloc(label, Malloc.mimalloc());
            case MIMALLOC_CRITICAL -> new CriticalMalloc(label, Malloc.mimalloc());
            case NETTY_POOLED -> new NettyBuffers(label, NettyBuffers.pooled(), slotCount);
            case NETTY_ADAPTIVE -> new NettyBuffers(label, new AdaptiveByteBufAllocator(true, true), slotCount);
            case ASHLAR_ARENA -> ArenaPerBlock.ofHeap(label, slotCount);
            case ARENA -> ArenaPerBlock.ofJdk(label, slotCount);
            case FLOOR -> new FloorData();
            case HARNESS -> new HarnessData();
        };
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String needs() {
        return needs;
    }

    @Override
    public Map<String, String> environment() {
        return this == JEMALLOC || this == JEMALLOC_CRITICAL ? SharedLibrary.ROOM_FOR_THREAD_LOCALS : Map.of();
    }

    @Override
    public Availability availability() {
        return Rival.tryOut(() -> open(1), environment());
    }

    /** {@return whether a block may be freed by another thread than the one that allocated it} */
    public boolean freesAnywhere() {
        return this != ARENA && this != ASHLAR_ARENA;
    }
}
