package dev.ashlar.tool.program;

import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Assumptions;

/** What a test of programs needs of the host. */
final class Host {
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("ASHLAR_LLVM_REQUIRED"));

    private Host() {}

    /** Skips the test if the host lacks something, or fails it if ASHLAR_LLVM_REQUIRED is true. */
    static void require(boolean isThere, String what) {
        if (!isThere && REQUIRED) {
            fail("this host must have it (ASHLAR_LLVM_REQUIRED): " + what);
        }
        Assumptions.assumeTrue(isThere, "this host lacks " + what);
    }
}
