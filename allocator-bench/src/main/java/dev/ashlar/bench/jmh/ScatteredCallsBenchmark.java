package dev.ashlar.bench.jmh;

import dev.ashlar.memory.Temperature;
import dev.ashlar.tool.code.CallList;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How fast does placed code run? A loop in machine code calls many small functions in random order. For each call the
 * processor must find the page, the cache lines and the next target.
 *
 * <p>If not all functions are called, the others lie between them, as rarely used code does.
 */
@State(Scope.Thread)
public class ScatteredCallsBenchmark extends SteadyState {

    private static final int CALLS = 1 << 14;

    /** The number of live functions, of 64-512 bytes each. */
    @Param({"20000", "100000"})
    int functions;

    /** The percentage of functions that are called. */
    @Param({"100", "10"})
    int calledPercent;

    /** Whether the memory gets a hint for functions that will not be called. */
    @Param({"off", "on"})
    String hints = "off";

    @SuppressWarnings("NullAway.Init") // Set by compile(), which JMH calls first.
    private ScatteredFunctions scattered;

    private int next;

    /** Compiles the functions. */
    @Setup
    public void compile(CodeUnderTest memory) {
        scattered = new ScatteredFunctions(memory.memory(), functions, calledPercent,
                hints.equals("on") ? Temperature.COLD : Temperature.HOT, CALLS);
    }

    /** Returns the sum of the called functions to JMH. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long call() {
        next = next + 1 & scattered.listCount() - 1;
        return CallList.call(scattered.callList(), scattered.list(next), CALLS);
    }
}
