package dev.ashlar.bench.jmh;

import dev.ashlar.bench.rivals.Rival;
import org.openjdk.jmh.annotations.Param;

/** A memory for code. */
public class CodeUnderTest extends MemoryUnderTest {

    /** The label of a {@link Rival} for code. */
    @Param({"ashlar", "mmap+mprotect", "jffi", "asmjit", "asmjit-critical", "asmjit-dual", "asmjit-dual-critical",
        "range-tree", "floor", "harness"})
    String memory = "ashlar";

    @Override
    Rival rival() {
        return Rival.of(Rival.Kind.CODE, memory);
    }
}
