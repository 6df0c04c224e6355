package dev.ashlar.bench.jmh;

import dev.ashlar.CodeHeap;
import dev.ashlar.bench.rivals.CodeMemory;
import dev.ashlar.bench.rivals.HeapMemory;
import dev.ashlar.bench.rivals.JffiPages;
import dev.ashlar.bench.rivals.MappingPerFunction;
import dev.ashlar.stubs.Libc;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The memory that a benchmark runs in; one kind to a fork, so that calls of the interface are bound to it. */
@State(Scope.Benchmark)
public class MemoryUnderTest {

    @Param({"ashlar", "mmap+mprotect", "jffi"})
    String memory = "ashlar";

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private CodeMemory code;

    /** Opens the memory. */
    @Setup(Level.Trial)
    public void open() {
        code = switch (memory) {
            case "ashlar" -> new HeapMemory(CodeHeap.builder().name("jmh").build());
            case "mmap+mprotect" -> new MappingPerFunction(Libc.system());
            case "jffi" -> new JffiPages();
            default -> throw new IllegalArgumentException("no such memory: memory=" + memory);
        };
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() {
        code.close();
    }

    CodeMemory code() {
        return code;
    }
}
