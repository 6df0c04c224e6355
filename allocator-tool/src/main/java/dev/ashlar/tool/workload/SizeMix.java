package dev.ashlar.tool.workload;

import java.util.SplittableRandom;

/** A distribution of block sizes. */
public enum SizeMix {

    /** Compiled functions: lognormal with a median of 400 bytes, from 64 to 4096. */
    FUNCTION {
        @Override
        public int next(SplittableRandom random) {
            double byteSize = 400 * Math.exp(0.9 * random.nextGaussian());
            return Math.clamp(Math.round(byteSize), 64, 4096);
        }
    },

    /** Mixed objects: every doubling from 32 to 2048 bytes is equally frequent. */
    MIXED {
        @Override
        public int next(SplittableRandom random) {
            return (int) Math.round(32 * Math.pow(64, random.nextDouble()));
        }
    },

    /** Keys and tokens: every size from 64 to 512 bytes is equally frequent. */
    SECRET {
        @Override
        public int next(SplittableRandom random) {
            return random.nextInt(64, 513);
        }
    };

    /** The mean of {@link #MIXED}. */
    public static final long MEAN_BYTE_SIZE = 485;

    /** {@return the next size, in bytes} */
    public abstract int next(SplittableRandom random);
}
