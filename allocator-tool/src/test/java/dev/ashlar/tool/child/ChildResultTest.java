package dev.ashlar.tool.child;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Goal: a failed child JVM gives the reason of its failure. */
final class ChildResultTest {

    @Test
    void theFirstExceptionIsTheReason() {
        assertThat(ChildResult.reason("""
                # Run progress
                <failure>

                java.lang.IllegalStateException: no libfoo here
                \tat a.B.c(B.java:1)
                Caused by: java.io.IOException: other
                """, 1)).isEqualTo("no libfoo here");
        assertThat(ChildResult.reason("Exception in thread \"main\" a.b.OddException\n\tat x", 1))
                .isEqualTo("a.b.OddException");
    }

    @Test
    void withoutAnExceptionTheLastLineIsTheReason() {
        assertThat(ChildResult.reason("Killed\n\n", 137)).isEqualTo("exit code 137: Killed");
        assertThat(ChildResult.reason("", 2)).isEqualTo("exit code 2: no output");
    }
}
