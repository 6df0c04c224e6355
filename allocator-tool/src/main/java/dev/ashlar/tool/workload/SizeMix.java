package dev.ashlar.tool.workload;

import java.util.SplittableRandom;

/** What sizes are asked for. */
public enum SizeMix {

    /** Compiled functions: lognormal around 400 bytes, 64 to 4096. */
    FUNCTION {
        @Override
        public int next(SplittableRandom random) {
            double byteSize = 400 * Math.exp(0.9 * random.nextGaussian());
            return Math.clamp(Math.round(byteSize), 64, 4096);
        }
    },

    /** Mixed objects: every doubling from 32 to 2048 bytes equally often. */
    MIXED {
        @Override
        public int next(SplittableRandom random) {
            return (int) Math.round(32 * Math.pow(64, random.nextDouble()));
        }
    };

    /** Bytes. */
    public abstract int next(SplittableRandom random);
}
