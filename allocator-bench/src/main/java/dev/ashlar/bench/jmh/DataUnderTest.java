package dev.ashlar.bench.jmh;

import dev.ashlar.bench.rivals.Rival;
import org.openjdk.jmh.annotations.Param;

/** A memory for data. */
public class DataUnderTest extends MemoryUnderTest {

    /** The label of a {@link Rival} for data. */
    @Param({"ashlar", "ashlar-arena", "malloc", "malloc-critical", "jemalloc", "jemalloc-critical", "mimalloc",
        "mimalloc-critical", "netty-pooled", "netty-adaptive", "arena", "floor", "harness"})
    String memory = "ashlar";

    @Override
    Rival rival() {
        return Rival.of(Rival.Kind.DATA, memory);
    }
}
