package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.memory.WritePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A fork of the process that uses the heap as if it were its own is refused, and the parent loses nothing. */
class ForkedHeapTest {
    private static final int ATTEMPT_COUNT = 5;

    @Test
    void aForkDoesNotWaitForAThreadThatPreparesARegion() {
        String output = "";
        for (int attempt = 0; attempt < ATTEMPT_COUNT; attempt++) {
            ChildJvm.Outcome outcome =
                    ChildJvm.ofModule(PreparingForkChild.class).nativeAccess().flags("-Xint").run();
            output = outcome.output();
            assertThat(outcome.exitCode()).as(output).isZero();
            assertThat(output.lines().skip(1)).containsExactly("prepared = 2097152", "clean = true");
            if (!output.contains("hung")) {
                assertThat(output).startsWith("refused 4 of 4");
                return;
            }
        }
        assumeFalse(output.contains("hung"), "every fork waited for a thread that it does not have: " + output);
    }

    @ParameterizedTest
    @EnumSource(value = WritePath.class, names = {"ALIAS", "POKE"})
    void theParentKeepsItsCode(WritePath path) {
        String output = "";
        for (int attempt = 0; attempt < ATTEMPT_COUNT; attempt++) {
            ChildJvm.Outcome outcome =
                    ChildJvm.ofModule(ForkChild.class).nativeAccess().flags("-Xint").run(path.name());
            output = outcome.output();
            assertThat(outcome.exitCode()).as(output).isZero();
            assertThat(output.lines().skip(1)).containsExactly("call = 42", "clean = true", "call = 43");
            if (!output.contains("hung")) {
                int count = path == WritePath.ALIAS ? 4 : 6;
                assertThat(output).startsWith("refused " + count + " of " + count);
                return;
            }
        }
        assumeFalse(output.contains("hung"), "every fork waited for a thread that it does not have: " + output);
    }
}
