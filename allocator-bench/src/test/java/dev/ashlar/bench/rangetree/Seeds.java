package dev.ashlar.bench.rangetree;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** A fixed seed and a fresh one for each random test; a failure names its seed. */
final class Seeds {

    private static final long FIXED = 20_261_121;

    private Seeds() {}

    static LongStream fixedAndFresh() {
        Long given = Long.getLong("ashlar.seed");
        return given == null ? LongStream.of(FIXED, ThreadLocalRandom.current().nextLong()) : LongStream.of(given);
    }

    static void run(long seed, Consumer<SplittableRandom> test) {
        try {
            test.accept(new SplittableRandom(seed));
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("repeat with -Dashlar.seed=" + seed + ": " + failure.getMessage(), failure);
        }
    }
}
