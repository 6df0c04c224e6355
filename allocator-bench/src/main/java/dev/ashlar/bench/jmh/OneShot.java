package dev.ashlar.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** How a benchmark is run that can be measured once in a process. It warms up by itself. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(value = 5, jvmArgsAppend = {"-Xmx2g", "-XX:+UseSerialGC"})
public abstract class OneShot {

    /** Enough for the compiler at the slowest memory's pace. */
    static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** Some hundred KiB of blocks. */
    static final int WARM_UP_BLOCKS = 500;

    OneShot() {}
}
