package dev.ashlar.bench.rivals;

import static dev.ashlar.bench.rivals.AsmjitMemory.Setting.DUAL;
import static dev.ashlar.bench.rivals.AsmjitMemory.Setting.FILL;
import static dev.ashlar.bench.rivals.AsmjitMemory.Setting.PLAIN;
import static dev.ashlar.bench.rivals.Downcalls.Mode.CRITICAL;
import static dev.ashlar.bench.rivals.Downcalls.Mode.ORDINARY;

import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.DataHeap;
import dev.ashlar.DataHeapBuilder;
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

/**
 * The memories that are compared, Ashlar among them. Parameters and results name each by its label. A name ends with
 * {@code CRITICAL} if the downcalls are critical; with {@code DUAL}, no address is both writable and executable.
 */
public enum Rival {
    CODE_HEAP(Kind.CODE, "ashlar", _ -> new CodeHeapMemory(codeBuilder().build())),
    CODE_HEAP_UNPREPARED(Kind.CODE, "ashlar-unprepared", _ -> new CodeHeapMemory(unprepared(codeBuilder()).build())),
    MAPPING(Kind.CODE, "mmap+mprotect", _ -> new MappingPerFunction(Libc.system())),
    JFFI(Kind.CODE, "jffi", _ -> new JffiPages()),
    ASMJIT(Kind.CODE, "asmjit", _ -> new AsmjitMemory(PLAIN, ORDINARY)),
    ASMJIT_CRITICAL(Kind.CODE, "asmjit-critical", _ -> new AsmjitMemory(PLAIN, CRITICAL)),
    ASMJIT_DUAL(Kind.CODE, "asmjit-dual", _ -> new AsmjitMemory(DUAL, ORDINARY)),
    ASMJIT_DUAL_CRITICAL(Kind.CODE, "asmjit-dual-critical", _ -> new AsmjitMemory(DUAL, CRITICAL)),
    ASMJIT_FILL_CRITICAL(Kind.CODE, "asmjit-fill-critical", _ -> new AsmjitMemory(FILL, CRITICAL)),
    CODE_FLOOR(Kind.CODE, "floor", _ -> Floor.ofCode()),
    CODE_HARNESS(Kind.CODE, "harness", _ -> new Harness()),
    DATA_HEAP(Kind.DATA, "ashlar", _ -> new DataHeapMemory(dataBuilder().build())),
    DATA_HEAP_UNPREPARED(Kind.DATA, "ashlar-unprepared", _ -> new DataHeapMemory(unprepared(dataBuilder()).build())),
    DATA_HEAP_ARENA(Kind.DATA, "ashlar-arena", ArenaPerBlock::ofHeap),
    MALLOC(Kind.DATA, "malloc", _ -> new MallocMemory("malloc", ORDINARY)),
    MALLOC_CRITICAL(Kind.DATA, "malloc-critical", _ -> new MallocMemory("malloc", CRITICAL)),
    JEMALLOC(Kind.DATA, "jemalloc", _ -> new MallocMemory("jemalloc", ORDINARY)),
    JEMALLOC_CRITICAL(Kind.DATA, "jemalloc-critical", _ -> new MallocMemory("jemalloc", CRITICAL)),
    MIMALLOC(Kind.DATA, "mimalloc", _ -> new MallocMemory("mimalloc", ORDINARY)),
    MIMALLOC_CRITICAL(Kind.DATA, "mimalloc-critical", _ -> new MallocMemory("mimalloc", CRITICAL)),
    NETTY_POOLED(Kind.DATA, "netty-pooled", slotCount -> new NettyBuffers(NettyBuffers.pooled(), slotCount)),
    NETTY_ADAPTIVE(Kind.DATA, "netty-adaptive",
            slotCount -> new NettyBuffers(new AdaptiveByteBufAllocator(true, true), slotCount)),
    ARENA(Kind.DATA, "arena", ArenaPerBlock::ofJdk),
    DATA_FLOOR(Kind.DATA, "floor", _ -> Floor.ofData()),
    DATA_HARNESS(Kind.DATA, "harness", _ -> new Harness());

    /** The option of a builder that turns prepared regions off. */
    private static final String UNPREPARED_OPTION = "withoutPreparedRegions";

    private final Kind kind;
    private final String label;
    @SuppressWarnings("ImmutableEnumChecker") // The openers have no state.
    private final IntFunction<BlockMemory> opener;

    Rival(Kind kind, String label, IntFunction<BlockMemory> opener) {
        this.kind = kind;
        this.label = label;
        this.opener = opener;
    }

    private static CodeHeapBuilder codeBuilder() {
        return CodeHeap.builder().name("bench").capacity(CodeHeap.LARGEST_CAPACITY);
    }

    private static DataHeapBuilder dataBuilder() {
        return DataHeap.builder().name("bench");
    }

    /** Turns prepared regions off. By reflection: an earlier commit of the allocator lacks the option. */
    private static <B> B unprepared(B builder) {
        try {
            builder.getClass().getMethod(UNPREPARED_OPTION).invoke(builder);
        } catch (NoSuchMethodException preparesNothing) {
            // Then the heap has no prepared region.
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(UNPREPARED_OPTION, impossible);
        }
        return builder;
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
        return kind == Kind.CODE && this != CODE_FLOOR && this != CODE_HARNESS;
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
                // Up to version 2.0 and from version 2.1.
                "MIMALLOC_LARGE_OS_PAGES", "1",
                "MIMALLOC_ALLOW_LARGE_OS_PAGES", "1");
    }
}
