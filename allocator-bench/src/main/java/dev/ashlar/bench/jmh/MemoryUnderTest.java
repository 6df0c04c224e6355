package dev.ashlar.bench.jmh;

import dev.ashlar.bench.rivals.BackingNote;
import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.rivals.RivalUnavailableException;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/** The memory that a benchmark measures. A fork opens one memory only, so that the JIT compiler binds the calls. */
@State(Scope.Benchmark)
public abstract class MemoryUnderTest {

    /** The slots of one thread: enough for the largest live set. */
    private static final int SLOTS_PER_THREAD = 1 << 20;

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private Rival rival;

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private BlockMemory memory;

    MemoryUnderTest() {}

    /** A memory for code. */
    public static class Code extends MemoryUnderTest {

        /** The label of a {@link Rival}. */
        @Param({"ashlar", "ashlar-unprepared", "mmap+mprotect", "jffi", "asmjit", "asmjit-critical", "asmjit-dual",
            "asmjit-dual-critical", "asmjit-fill-critical", "floor", "harness"})
        String memory = "ashlar";

        /** Opens the memory. */
        @Setup
        public void open(BenchmarkParams run) {
            open(Rival.of(Rival.Kind.CODE, memory), run.getThreads());
        }
    }

    /** A memory for data. */
    public static class Data extends MemoryUnderTest {

        /** The label of a {@link Rival}. */
        @Param({"ashlar", "ashlar-unprepared", "ashlar-arena", "malloc", "malloc-critical", "jemalloc",
            "jemalloc-critical", "mimalloc", "mimalloc-critical", "netty-pooled", "netty-adaptive", "arena", "floor",
            "harness"})
        String memory = "ashlar";

        /** Opens the memory. */
        @Setup
        public void open(BenchmarkParams run) {
            open(Rival.of(Rival.Kind.DATA, memory), run.getThreads());
        }
    }

    void open(Rival opened, int threadCount) {
        rival = opened;
        memory = opened.open(threadCount * SLOTS_PER_THREAD);
    }

    BlockMemory memory() {
        return memory;
    }

    /** {@return the blocks of a thread, none of which is live} */
    LiveBlocks blocks(SizeMix mix, int count, ThreadParams thread) {
        return new LiveBlocks(memory, new Draws(mix, count, thread.getThreadIndex()), count, firstSlot(thread));
    }

    static int firstSlot(ThreadParams thread) {
        return thread.getThreadIndex() * SLOTS_PER_THREAD;
    }

    void requireThatCodeRuns() {
        if (!rival.runsCode()) {
            throw new RivalUnavailableException(rival.label() + " has no memory in which code can run");
        }
    }

    void requireThatAnyThreadCanFree() {
        if (!rival.freesAnywhere()) {
            throw new RivalUnavailableException(rival.label() + " lets only the allocating thread free a block");
        }
    }

    /** Reports what the memory is made of, and closes it with all live blocks. */
    @TearDown
    public void close() {
        Answer.write(new Answer(Map.of(), BackingNote.of(memory)));
        memory.close();
    }
}
