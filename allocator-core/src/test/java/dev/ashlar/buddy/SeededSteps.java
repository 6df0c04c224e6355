package dev.ashlar.buddy;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * Random steps that can be repeated: each test runs with one fixed seed and a new one, or with {@code -Dashlar.seed}
 * alone; {@code -Dashlar.steps} makes the runs longer. A failure names the seed and the step.
 */
public final class SeededSteps {
    private static final long FIXED_SEED = 20_260_802;

    private SeededSteps() {}

    public static LongStream seeds() {
        Long given = Long.getLong("ashlar.seed");
        return given == null
                ? LongStream.of(FIXED_SEED, ThreadLocalRandom.current().nextLong())
                : LongStream.of(given);
    }

    /** Takes {@code normalCount} steps, or as many as {@code -Dashlar.steps} says. */
    public static void run(long seed, long normalCount, Consumer<SplittableRandom> step) {
        SplittableRandom random = new SplittableRandom(seed);
        long count = Long.getLong("ashlar.steps", normalCount);
        for (long index = 0; index < count; index++) {
            try {
                step.accept(random);
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError(
                        "step " + index + " of " + count + "; repeat with -Dashlar.seed=" + seed + " -Dashlar.steps="
                                + count + ": " + failure.getMessage(),
                        failure);
            }
        }
    }
}
