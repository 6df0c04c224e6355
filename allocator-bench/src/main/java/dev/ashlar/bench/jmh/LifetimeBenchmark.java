package dev.ashlar.bench.jmh;

import dev.ashlar.CodeAllocator;
import dev.ashlar.CodeBlock;
import dev.ashlar.CodeGroup;
import dev.ashlar.CodeHeap;
import dev.ashlar.Retirement;
import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What does it cost to take, to end and to call code, by the lifetime that its blocks have? */
@State(Scope.Thread)
public abstract class LifetimeBenchmark extends SteadyState {

    private static final int BLOCK_COUNT = 1000;
    private static final int BATCH_SIZE = 100;
    private static final int BYTE_SIZE = 256;

    /**
     * Whose blocks are measured. With {@code ashlar-unmanaged-and-arena}, a shared arena of the JDK is closed after the
     * blocks are freed, which is what a group cannot do without.
     */
    @Param({"ashlar-unmanaged", "ashlar-unmanaged-and-arena", "ashlar-grouped", "ashlar-retired"})
    String memory = "ashlar-unmanaged";

    private final CodeBlock[] blocks = new CodeBlock[BLOCK_COUNT];
    private final CodeHeap heap = CodeHeap.builder().name("bench").capacity(CodeHeap.LARGEST_CAPACITY).build();
    private final Retirement retirement = heap.openRetirement(BATCH_SIZE);
    private CodeAllocator allocator = heap;

    LifetimeBenchmark() {}

    /** Closes the heap with all live blocks. */
    @TearDown
    public void close() {
        heap.closeAll();
        heap.close();
    }

    CodeAllocator open() {
        allocator = memory.equals("ashlar-grouped") ? heap.openGroup() : heap;
        return allocator;
    }

    CodeBlock[] take() {
        for (int index = 0; index < BLOCK_COUNT; index++) {
            blocks[index] = allocator.allocate(BYTE_SIZE);
        }
        return blocks;
    }

    void publish() {
        for (CodeBlock block : blocks) {
            block.publish();
        }
    }

    void end() {
        switch (memory) {
            case "ashlar-grouped" -> ((CodeGroup) allocator).close();
            case "ashlar-retired" -> retireAll();
            case "ashlar-unmanaged" -> freeAll();
            default -> {
                freeAll();
                Arena.ofShared().close();
            }
        }
    }

    private void freeAll() {
        for (CodeBlock block : blocks) {
            block.free();
        }
    }

    private void retireAll() {
        for (int index = 0; index < BLOCK_COUNT; index++) {
            retirement.retire(blocks[index]);
            if ((index + 1) % BATCH_SIZE == 0) {
                retirement.quiescent();
            }
        }
    }

    /** Takes blocks. */
    public static class Take extends LifetimeBenchmark {
        /** Opens a group, if blocks are grouped. */
        @Setup(Level.Invocation)
        public void begin() {
            open();
        }

        /** Returns the blocks to JMH. */
        @Benchmark
        @OperationsPerInvocation(BLOCK_COUNT)
        public CodeBlock[] takeBlocks() {
            return take();
        }

        /** Ends the blocks. */
        @TearDown(Level.Invocation)
        public void endBlocks() {
            publish();
            end();
        }
    }

    /** Ends blocks: frees them, closes their group, or retires them and frees each hundred. */
    public static class End extends LifetimeBenchmark {
        /** Takes and publishes the blocks. */
        @Setup(Level.Invocation)
        public void begin() {
            open();
            take();
            publish();
        }

        /** The heap's state changes, so no call can be eliminated. */
        @Benchmark
        @OperationsPerInvocation(BLOCK_COUNT)
        public void endBlocks() {
            end();
        }
    }

    /** Calls a function. */
    public static class Call extends LifetimeBenchmark {
        private static final MutableCallSite SITE = new MutableCallSite(MethodType.methodType(int.class));
        /** A constant, so that the call is compiled as in a program that holds its handle in a final field. */
        private static final MethodHandle FUNCTION = SITE.dynamicInvoker();

        /** Defines the function. */
        @Setup
        public void define() {
            byte[] code = new byte[ConstantFunction.BYTE_SIZE_MAX];
            ConstantFunction.write(MemorySegment.ofArray(code), 1);
            SITE.setTarget(open().define(code).bind(ConstantFunction.DESCRIPTOR));
        }

        /** Returns the function's result to JMH. */
        @Benchmark
        public int call() throws Throwable {
            return (int) FUNCTION.invokeExact();
        }
    }
}
