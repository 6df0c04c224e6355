package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.NativeLoops;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.figures.Spread;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures an operation of a rival in a loop in C++, without downcalls, with the same draws as the benchmark in Java.
 *
 * <p>Arguments: {@code memory}, and what the loop does: {@code live} for replacements, {@code byteSize} for pairs,
 * {@code trace} for a replay.
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
        NativeLoops.Loop loop = given.has("live") ? NativeLoops.replacements(memory, given.number("live"))
                : given.has("byteSize") ? NativeLoops.pairs(memory, given.number("byteSize"))
                        : NativeLoops.replay(memory, given.trace());
        nanos(loop, WARM_UP_NANOS);
        Spread samples = Spread.of(IntStream.range(0, SAMPLE_COUNT).mapToObj(_ -> nanos(loop, SAMPLE_NANOS)).toList());
        Answer.write(new Answer(Map.of("time", samples.median()), Map.of()));
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
