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
 * How fast does code run where it was placed: many small functions, called at random by a loop in machine code? The
 * processor must find each call's page, its lines, and where the next call goes.
 *
 * <p>With fewer than all called, the others lie between them, as rarely used code does.
 */
@State(Scope.Thread)
public class ScatteredCallsBenchmark extends Comparison {

    private static final int CALLS = 1 << 14;

    /** Functions of 64-512 bytes that are live. */
    @Param({"20000", "100000"})
    int functions;

    /** Of a hundred functions, how many are called. */
    @Param({"100", "10"})
    int calledPercent;

    /** Whether the memory is told which functions will not be called. */
    @Param({"off", "on"})
    String hints = "off";

    @SuppressWarnings("NullAway.Init") // Set by compile(), which JMH calls first.
    private ScatteredFunctions scattered;

    private int next;

    /** Compiles the functions. */
    @Setup
    public void compile(CodeUnderTest memory) {
        scattered = new ScatteredFunctions(memory.code(), functions, calledPercent,
                hints.equals("on") ? Temperature.COLD : Temperature.HOT, CALLS);
    }

    /** A call; the sum of what the called functions add goes back to JMH. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long call() {
        next = next + 1 & scattered.listCount() - 1;
        return CallList.call(scattered.callList(), scattered.list(next), CALLS);
    }
}
