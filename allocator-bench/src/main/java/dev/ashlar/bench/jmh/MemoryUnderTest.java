package dev.ashlar.bench.jmh;

import dev.ashlar.bench.rivals.BackingNote;
import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.rivals.RivalUnavailableException;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import java.util.Map;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

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

    abstract Rival rival();

    /** Opens the memory. */
    @Setup(Level.Trial)
    public void open(BenchmarkParams run) {
        open(run.getThreads());
    }

    void open(int threadCount) {
        rival = rival();
        memory = rival.open(threadCount * SLOTS_PER_THREAD);
    }

    BlockMemory memory() {
        return memory;
    }

    /** {@return the first slot of a thread} */
    static int firstSlot(int threadIndex) {
        return threadIndex * SLOTS_PER_THREAD;
    }

    /** Refuses a memory in which code cannot run. */
    void requireThatCodeRuns() {
        if (!rival.runsCode()) {
            throw new RivalUnavailableException(rival.label() + " has no memory in which code can run");
        }
    }

    /** Refuses a memory in which only the allocating thread can free a block. */
    void requireThatAnyThreadCanFree() {
        if (!rival.freesAnywhere()) {
            throw new RivalUnavailableException(rival.label() + " lets only the allocating thread free a block");
        }
    }

    /** Reports what the memory is made of, and closes it with all live blocks. */
    @TearDown(Level.Trial)
    public void close() {
        Answer.write(new Answer(Map.of(), BackingNote.of(memory)));
        memory.close();
    }
}
