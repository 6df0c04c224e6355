package dev.ashlar.bench.rivals;

import dev.ashlar.CodeHeap;
import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.CodeHeapMemory;
import dev.ashlar.tool.memory.MappingPerFunction;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The memories for machine code. */
public enum CodeRival implements Rival {

    /** Ours. */
    ASHLAR("ashlar", "nothing"),

    /** A mapping for each function. */
    MAPPING("mmap+mprotect", "nothing"),

    /** Whole pages through JNI. */
    JFFI("jffi", "nothing"),

    /** asmjit's JitAllocator as it comes, writable and executable at once, through ordinary downcalls. */
    ASMJIT("asmjit", AsmjitShim.NEEDS),

    /** The same through downcalls that skip the thread's state change. */
    ASMJIT_CRITICAL("asmjit-critical", AsmjitShim.NEEDS),

    /** asmjit with its memory mapped twice, so that nothing is writable and executable at one address. */
    ASMJIT_DUAL("asmjit-dual", AsmjitShim.NEEDS),

    /** The same through downcalls that skip the thread's state change. */
    ASMJIT_DUAL_CRITICAL("asmjit-dual-critical", AsmjitShim.NEEDS),

    /** A range tree of free space, first fit, in steps of 64 bytes. Nothing can run there. */
    RANGE_TREE("range-tree", "nothing"),

    /** No more than copying and trap filling: what any allocator costs at least. Nothing can run there. */
    FLOOR("floor", "nothing"),

    /** No allocator: what the benchmark itself costs. Nothing can run there. */
    HARNESS("harness", "nothing");

    private final String label;
    private final String needs;

    CodeRival(String label, String needs) {
        this.label = label;
        this.needs = needs;
    }

    /**
     * {@return the rival of that label}
     *
     * @throws IllegalArgumentException if there is none; the message lists all
     */
    public static CodeRival of(String label) {
        return Stream.of(values()).filter(rival -> rival.label.equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such memory for code: label=" + label + ", known="
                        + Stream.of(values()).map(CodeRival::label).collect(Collectors.joining(" "))));
    }

    /**
     * Opens it, empty; the caller closes it.
     *
     * @throws RivalUnavailableException if it cannot be had in this JVM
     */
    public BlockMemory open() {
        return switch (this) {
            case ASHLAR ->
                    new CodeHeapMemory(CodeHeap.builder().name("bench").capacity(CodeHeap.LARGEST_CAPACITY).build());
            case MAPPING -> new MappingPerFunction(Libc.system());
            case JFFI -> new JffiPages();
            case ASMJIT -> AsmjitMemory.open(label, new OrdinaryAsmjit(AsmjitShim.functions()), Asmjit.Mapping.SINGLE);
            case ASMJIT_CRITICAL ->
                    AsmjitMemory.open(label, new CriticalAsmjit(AsmjitShim.functions()), Asmjit.Mapping.SINGLE);
            case ASMJIT_DUAL ->
                    AsmjitMemory.open(label, new OrdinaryAsmjit(AsmjitShim.functions()), Asmjit.Mapping.DUAL);
            case ASMJIT_DUAL_CRITICAL ->
                    AsmjitMemory.open(label, new CriticalAsmjit(AsmjitShim.functions()), Asmjit.Mapping.DUAL);
            case RANGE_TREE -> new RangeTreeCode();
            case FLOOR -> new FloorCode();
            case HARNESS -> new HarnessCode();
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
        return Map.of();
    }

    @Override
    public Availability availability() {
        return Rival.tryOut(this::open, environment());
    }

    /** {@return whether its blocks can be called} */
    public boolean runs() {
        return this != HARNESS && this != FLOOR && this != RANGE_TREE;
    }
}
