package dev.ashlar.bench.rivals;

import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.CodeHeapMemory;
import dev.ashlar.tool.memory.DataHeapMemory;
import dev.ashlar.tool.memory.MappingPerFunction;
import io.netty.buffer.AdaptiveByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** The memories that are compared, Ashlar among them. Parameters and results name each by its label. */
public enum Rival {

    /** A {@link CodeHeap}. */
    CODE_HEAP(Kind.CODE, "ashlar", _ -> new CodeHeapMemory(
            CodeHeap.builder().name("bench").capacity(CodeHeap.LARGEST_CAPACITY).build())),

    /** One mapping for each function. */
    MAPPING(Kind.CODE, "mmap+mprotect", _ -> new MappingPerFunction(Libc.system())),

    /** Whole pages through JNI. */
    JFFI(Kind.CODE, "jffi", _ -> new JffiPages()),

    /** asmjit's JitAllocator with its defaults, writable and executable at once, through ordinary downcalls. */
    ASMJIT(Kind.CODE, "asmjit", _ -> AsmjitMemory.ordinary(AsmjitMemory.Mapping.SINGLE)),

    /** The same through critical downcalls. */
    ASMJIT_CRITICAL(Kind.CODE, "asmjit-critical", _ -> AsmjitMemory.critical(AsmjitMemory.Mapping.SINGLE)),

    /** asmjit with two mappings of its memory, so that no address is both writable and executable. */
    ASMJIT_DUAL(Kind.CODE, "asmjit-dual", _ -> AsmjitMemory.ordinary(AsmjitMemory.Mapping.DUAL)),

    /** The same through critical downcalls. */
    ASMJIT_DUAL_CRITICAL(Kind.CODE, "asmjit-dual-critical", _ -> AsmjitMemory.critical(AsmjitMemory.Mapping.DUAL)),

    /** A range tree of free space, first fit, in steps of 64 bytes. Code cannot run there. */
    RANGE_TREE(Kind.CODE, "range-tree", _ -> new RangeTreeCode()),

    /** The lower bound of any allocator: copies code and fills freed blocks with traps. Code cannot run there. */
    CODE_FLOOR(Kind.CODE, "floor", _ -> Floor.ofCode()),

    /** No allocator: the cost of the benchmark itself. Code cannot run there. */
    CODE_HARNESS(Kind.CODE, "harness", _ -> new Harness()),

    /** A {@link DataHeap}. */
    DATA_HEAP(Kind.DATA, "ashlar", _ -> new DataHeapMemory(DataHeap.builder().name("bench").build())),

    /** A zeroed arena of a {@link DataHeap} for each block. */
    DATA_HEAP_ARENA(Kind.DATA, "ashlar-arena", ArenaPerBlock::ofHeap),

    /** The malloc of the C library, through ordinary downcalls. */
    MALLOC(Kind.DATA, "malloc", _ -> MallocMemory.ordinary(MallocMemory.Functions.ofProcess())),

    /** The same through critical downcalls. */
    MALLOC_CRITICAL(Kind.DATA, "malloc-critical", _ -> MallocMemory.critical(MallocMemory.Functions.ofProcess())),

    /** jemalloc, through ordinary downcalls. */
    JEMALLOC(Kind.DATA, "jemalloc", _ -> MallocMemory.ordinary(MallocMemory.Functions.jemalloc())),

    /** The same through critical downcalls. */
    JEMALLOC_CRITICAL(Kind.DATA, "jemalloc-critical", _ -> MallocMemory.critical(MallocMemory.Functions.jemalloc())),

    /** mimalloc, through ordinary downcalls. */
    MIMALLOC(Kind.DATA, "mimalloc", _ -> MallocMemory.ordinary(MallocMemory.Functions.mimalloc())),

    /** The same through critical downcalls. */
    MIMALLOC_CRITICAL(Kind.DATA, "mimalloc-critical", _ -> MallocMemory.critical(MallocMemory.Functions.mimalloc())),

    /** Netty's pool of arenas, with a cache for every thread. */
    NETTY_POOLED(Kind.DATA, "netty-pooled", slotCount -> new NettyBuffers(NettyBuffers.pooled(), slotCount)),

    /** Netty's adaptive pool. */
    NETTY_ADAPTIVE(Kind.DATA, "netty-adaptive",
            slotCount -> new NettyBuffers(new AdaptiveByteBufAllocator(true, true), slotCount)),

    /** A zeroed arena of the JDK for each block. */
    ARENA(Kind.DATA, "arena", ArenaPerBlock::ofJdk),

    /** The lower bound of any allocator. */
    DATA_FLOOR(Kind.DATA, "floor", _ -> Floor.ofData()),

    /** No allocator: the cost of the benchmark itself. */
    DATA_HARNESS(Kind.DATA, "harness", _ -> new Harness());

    private final Kind kind;
    private final String label;
    @SuppressWarnings("ImmutableEnumChecker") // The openers have no state.
    private final IntFunction<BlockMemory> opener;

    Rival(Kind kind, String label, IntFunction<BlockMemory> opener) {
        this.kind = kind;
        this.label = label;
        this.opener = opener;
    }

    /** What the blocks of a memory hold. A label is unique among one kind. */
    public enum Kind {
        CODE, DATA
    }

    /** {@return all rivals of a kind} */
    public static List<Rival> all(Kind kind) {
        return Arrays.stream(values()).filter(rival -> rival.kind == kind).toList();
    }

    /**
     * {@return the rival with a label}
     *
     * @throws IllegalArgumentException if there is none; the message lists all
     */
    public static Rival of(Kind kind, String label) {
        return all(kind).stream().filter(rival -> rival.label.equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown memory: kind=" + kind + ", label=" + label
                        + ", known=" + all(kind).stream().map(Rival::label).collect(Collectors.joining(" "))));
    }

    /**
     * Opens the memory, empty; the caller closes it.
     *
     * @param slotCount the maximum number of live blocks
     * @throws RivalUnavailableException if this JVM cannot open it
     */
    public BlockMemory open(int slotCount) {
        return opener.apply(slotCount);
    }

    /** {@return the name in parameters and results, such as {@code jemalloc-critical}} */
    public String label() {
        return label;
    }

    /** {@return whether code in its blocks can be called} */
    public boolean runsCode() {
        return kind == Kind.CODE && this != RANGE_TREE && this != CODE_FLOOR && this != CODE_HARNESS;
    }

    /** {@return whether a thread can free a block that another thread allocated} */
    public boolean freesAnywhere() {
        return this != ARENA && this != DATA_HEAP_ARENA;
    }

    /** {@return the environment variables with which a JVM can open every rival} */
    public static Map<String, String> environment() {
        return SharedLibrary.ROOM_FOR_THREAD_LOCALS;
    }

    /**
     * {@return the variables of {@link #environment()}, and those that request transparent huge pages}
     *
     * <p>They take effect if the host gives huge pages on request. jemalloc, mimalloc and Netty's pool, whose arenas
     * are large blocks of malloc, follow; malloc itself follows only for its large blocks, and asmjit has no such
     * option.
     */
    public static Map<String, String> environmentOnHugePages() {
        return Map.of(
                "GLIBC_TUNABLES", environment().get("GLIBC_TUNABLES") + ":glibc.malloc.hugetlb=1",
                "MALLOC_CONF", "thp:always",
                "MIMALLOC_LARGE_OS_PAGES", "1");
    }
}
