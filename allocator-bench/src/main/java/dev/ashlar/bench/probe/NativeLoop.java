package dev.ashlar.bench.probe;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.bench.rivals.NativeLoops;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.Payload;
import dev.ashlar.tool.workload.SizeMix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        double nanos = switch (given.word("loop")) {
            case "replace" -> replace(given.word("memory"), given.number("live"));
            case "pair" -> pair(given.number("byteSize"));
            default -> throw new IllegalArgumentException("unknown loop: loop=" + given.word("loop"));
        };
        Answer.write(new Answer(Map.of("time", nanos), Map.of()));
    }

    private static double replace(String memory, int live) {
        NativeLoops loops = NativeLoops.load();
        Arena arena = Arena.global();
        MemorySegment cells = arena.allocate(JAVA_LONG, 2L * live);
        NativeLoops.Drawn drawn = drawn(arena, live);
        // Fills the blocks in order; to free a null pointer does nothing.
        NativeLoops.Drawn inOrder = new NativeLoops.Drawn(drawn.byteSizes(), inOrder(arena, live));
        loops.replace(memory, cells, inOrder, -1, live, Payload.CODE);
        long[] cursor = {0};
        return measure(times -> cursor[0] = loops.replace(memory, cells, drawn, cursor[0], times, Payload.CODE));
    }

    private static double pair(int byteSize) {
        NativeLoops loops = NativeLoops.load();
        long allocator = NativeLoops.openAsmjit();
        return measure(times -> loops.pair(allocator, byteSize, times));
    }

    private static NativeLoops.Drawn drawn(Arena arena, int live) {
        Draws draws = new Draws(SizeMix.MIXED, live, 0);
        MemorySegment byteSizes = arena.allocate(JAVA_INT, draws.count());
        MemorySegment victims = arena.allocate(JAVA_INT, draws.count());
        for (int draw = 0; draw < draws.count(); draw++) {
            draws.advance();
            byteSizes.setAtIndex(JAVA_INT, draw, draws.byteSize());
            victims.setAtIndex(JAVA_INT, draw, draws.victim());
        }
        return new NativeLoops.Drawn(byteSizes, victims);
    }

    private static MemorySegment inOrder(Arena arena, int live) {
        MemorySegment victims = arena.allocate(JAVA_INT, live);
        for (int block = 0; block < live; block++) {
            victims.setAtIndex(JAVA_INT, block, block);
        }
        return victims;
    }

    /** {@return the nanoseconds of one operation, as the median of the samples} */
    private static double measure(LongConsumer operations) {
        run(operations, WARM_UP_NANOS);
        return Spread.of(IntStream.range(0, SAMPLE_COUNT).mapToObj(_ -> run(operations, SAMPLE_NANOS)).toList())
                .median();
    }

    private static double run(LongConsumer operations, long nanosMin) {
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
