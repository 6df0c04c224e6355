package dev.ashlar.bench.probe;

import dev.ashlar.CodeHeap;
import dev.ashlar.bench.rivals.AssembledFunctions;
import dev.ashlar.bench.rivals.NativeLoops;
import dev.ashlar.nativetable.NativeTable;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.figures.Spread;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures an operation of a rival in a loop in C++, without downcalls, with the same draws as the benchmark in Java;
 * or functions that asmjit assembles in its own memory or in a heap.
 *
 * <p>Arguments: {@code memory}, and what the loop does: {@code live} for replacements, {@code byteSize} for pairs,
 * {@code trace} for a replay, {@code assembled} for functions, with the number of live ones.
 */
public final class NativeLoop {

    private static final long WARM_UP_NANOS = 500_000_000;
    private static final long SAMPLE_NANOS = 200_000_000;
    private static final int SAMPLE_COUNT = 5;

    private NativeLoop() {}

    /** Measures and answers with the median of the samples. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        String memory = given.word("memory");
        NativeLoops.Loop loop = given.has("assembled") ? assembled(memory, given.number("assembled"))
                : given.has("live") ? NativeLoops.replacements(memory, given.number("live"))
                        : given.has("byteSize") ? NativeLoops.pairs(memory, given.number("byteSize"))
                                : NativeLoops.replay(memory, given.trace());
        nanos(loop, WARM_UP_NANOS);
        Spread samples = Spread.of(IntStream.range(0, SAMPLE_COUNT).mapToObj(_ -> nanos(loop, SAMPLE_NANOS)).toList());
        Answer.write(new Answer(Map.of("time", samples.median()), Map.of()));
    }

    private static NativeLoops.Loop assembled(String memory, int live) {
        NativeTable table = NativeTable.of(CodeHeap.create());
        // What a called function does is not measured: it counts up to 0.
        return AssembledFunctions.open(AssembledFunctions.Place.of(memory), table).loop(live, 0);
    }

    /** {@return the mean nanoseconds of an operation} */
    private static double nanos(NativeLoops.Loop loop, long nanosMin) {
        long count = 0;
        long nanos = 0;
        do {
            long start = System.nanoTime();
            loop.run().run();
            nanos += System.nanoTime() - start;
            count += loop.operationCount();
            loop.afterRun().run();
        } while (nanos < nanosMin);
        return (double) nanos / count;
    }
}
