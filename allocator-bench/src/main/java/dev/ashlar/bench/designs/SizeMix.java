package dev.ashlar.bench.designs;

import java.util.random.RandomGenerator;

/** How large the blocks of a made-up load are. */
enum SizeMix {
    /** 32 to 2048 bytes, every doubling as likely as the next. */
    MIXED {
        @Override
        int next(RandomGenerator random) {
            return (int) StrictMath.round(32 * StrictMath.pow(2048.0 / 32, random.nextDouble()));
        }
    },
    /** As compiled functions are: lognormal around 400 bytes, 64 to 4096. */
    FUNCTION {
        @Override
        int next(RandomGenerator random) {
            double byteSize = 400 * StrictMath.exp(0.9 * random.nextGaussian());
            return Math.clamp(StrictMath.round(byteSize), 64, 4096);
        }
    };

    /** {@return the bytes of the next block} */
    abstract int next(RandomGenerator random);
}
