package dev.ashlar.bench.jmh;

import dev.ashlar.bench.rivals.BackingWords;
import dev.ashlar.bench.rivals.CodeRival;
import dev.ashlar.bench.rivals.RivalUnavailableException;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The memory for code that a benchmark runs in; one kind to a fork, so that calls of the interface are bound to it. */
@State(Scope.Benchmark)
public class CodeUnderTest {

    /** Labels of {@link CodeRival}. */
    @Param({"ashlar", "mmap+mprotect", "jffi", "asmjit", "asmjit-critical", "asmjit-dual", "asmjit-dual-critical",
        "floor", "harness"})
    String memory = "ashlar";

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private BlockMemory code;

    /** Opens the memory. */
    @Setup(Level.Trial)
    public void open() {
        code = CodeRival.of(memory).open();
    }

    /** Says what it was made of and closes it, with whatever still lives in it. */
    @TearDown(Level.Trial)
    public void close() {
        code.stats().ifPresent(stats -> Answer.note("backing", BackingWords.of(stats)));
        code.close();
    }

    /** For benchmarks that call what they wrote. */
    void requireThatCodeRuns() {
        CodeRival rival = CodeRival.of(memory);
        if (!rival.runs()) {
            throw RivalUnavailableException.forThisUse(rival, "has no memory in which code can run");
        }
    }

    BlockMemory code() {
        return code;
    }
}
