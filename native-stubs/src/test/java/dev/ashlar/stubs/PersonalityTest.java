package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Test;

/** The kernel's personality of the thread is read. Method: the test changes it, and changes it back. */
@SuppressWarnings("restricted")
class PersonalityTest {
    private static final long READ_IMPLIES_EXEC = 0x0400000;

    private static final MethodHandle PERSONALITY = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("personality"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));

    @Test
    void thePersonalityOfTheThreadIsRead() throws Throwable {
        assertThat(Personality.readImpliesExecute()).isFalse();
        long before = (int) PERSONALITY.invokeExact(READ_IMPLIES_EXEC);
        try {
            assertThat(Personality.readImpliesExecute()).isTrue();
        } finally {
            assertThat((int) PERSONALITY.invokeExact(before)).isEqualTo((int) READ_IMPLIES_EXEC);
        }
        assertThat(Personality.readImpliesExecute()).isFalse();
    }
}
