package dev.ashlar.bench.jmh;

import dev.ashlar.bench.rivals.BackingWords;
import dev.ashlar.bench.rivals.DataMemory;
import dev.ashlar.bench.rivals.DataRival;
import dev.ashlar.bench.rivals.RivalUnavailableException;
import dev.ashlar.tool.child.Answer;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The memory for data that a benchmark runs in; one kind to a fork, so that calls of the interface are bound to it. */
@State(Scope.Benchmark)
public class DataUnderTest {

    /** Slots of one thread: room for the largest live set. */
    static final int SLOTS_PER_THREAD = 1 << 20;

    /** Labels of {@link DataRival}. */
    @Param({"ashlar", "ashlar-arena", "malloc", "malloc-critical", "jemalloc", "jemalloc-critical", "mimalloc",
        "mimalloc-critical",
        "netty-pooled", "netty-adaptive", "arena", "floor", "harness"})
    String memory = "ashlar";

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private DataMemory data;

    /** Opens the memory. */
    @Setup(Level.Trial)
    public void open(BenchmarkParams run) {
        open(run.getThreads());
    }

    void open(int threadCount) {
        data = DataRival.of(memory).open(threadCount * SLOTS_PER_THREAD);
    }

    /** For benchmarks that free what another thread allocated. */
    void requireThatAnyThreadMayFree() {
        DataRival rival = DataRival.of(memory);
        if (!rival.freesAnywhere()) {
            throw RivalUnavailableException.forThisUse(rival, "lets only the thread free that allocated");
        }
    }

    DataMemory data() {
        return data;
    }

    /** {@return the first slot of a thread} */
    static int firstSlot(int threadIndex) {
        return threadIndex * SLOTS_PER_THREAD;
    }

    /** Says what it was made of and closes it, with whatever still lives in it. */
    @TearDown(Level.Trial)
    public void close() {
        data.stats().ifPresent(stats -> Answer.note("backing", BackingWords.of(stats)));
        data.close();
    }
}
