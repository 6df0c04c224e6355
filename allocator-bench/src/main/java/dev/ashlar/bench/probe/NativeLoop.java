package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.NativeLoops;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.figures.Spread;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Measures an operation of a rival in a loop in C++, without downcalls, with the same draws as the benchmark in Java.
 *
 * <p>Arguments: {@code loop=replace}, {@code memory} and {@code live}; or for asmjit {@code loop=pair} and
 * {@code byteSize}.
 */
public final class NativeLoop {

    private static final long WARM_UP_NANOS = 500_000_000;
    private static final long SAMPLE_NANOS = 200_000_000;
    private static final int SAMPLE_COUNT = 5;
    private static final int OPERATIONS_PER_CALL = 5_000;

    private NativeLoop() {}

    /** Measures and answers with the median of the samples. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        LongConsumer operations = switch (given.word("loop")) {
            case "replace" -> NativeLoops.replacements(given.word("memory"), given.number("live"));
            case "pair" -> NativeLoops.asmjitPairs(given.number("byteSize"));
            default -> throw new IllegalArgumentException("unknown loop: loop=" + given.word("loop"));
        };
        nanos(operations, WARM_UP_NANOS);
        Spread samples = Spread.of(IntStream.range(0, SAMPLE_COUNT)
                .mapToObj(_ -> nanos(operations, SAMPLE_NANOS)).toList());
        Answer.write(new Answer(Map.of("time", samples.median()), Map.of()));
    }

    /** {@return the mean nanoseconds of an operation} */
    private static double nanos(LongConsumer operations, long nanosMin) {
        long count = 0;
        long start = System.nanoTime();
        long elapsed;
        do {
            operations.accept(OPERATIONS_PER_CALL);
            count += OPERATIONS_PER_CALL;
            elapsed = System.nanoTime() - start;
        } while (elapsed < nanosMin);
        return (double) elapsed / count;
    }
}
