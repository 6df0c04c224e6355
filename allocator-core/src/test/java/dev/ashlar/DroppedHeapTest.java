package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: a heap that is dropped without a close warns once, and loses no memory that a caller may still use. */
class DroppedHeapTest {
    private static ChildJvm.Outcome drop(String held, String... flags) {
        ChildJvm.Outcome outcome =
                ChildJvm.ofModule(DropChild.class).nativeAccess().flags(flags).run(held);
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return outcome;
    }

    private static void assertWarnedOnce(ChildJvm.Outcome outcome) {
        assertThat(outcome.output()).containsOnlyOnce("heap forgotten was dropped without close().");
    }

    @ParameterizedTest
    @ValueSource(strings = {"code", "data", "code of an ended thread", "data of an ended thread"})
    void aHeapThatCannotBeReachedGivesItsMemoryBack(String kind) {
        ChildJvm.Outcome outcome = drop(kind);
        assertWarnedOnce(outcome);
        assertThat(outcome.output()).contains("mapped afterwards = false", "descriptors = 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"executable", "writable", "block", "handle", "segment", "unit"})
    void aHeapOfWhichAPartCanBeReachedKeepsItsMemoryUntilThen(String held) {
        ChildJvm.Outcome outcome = drop(held);
        assertWarnedOnce(outcome);
        assertThat(outcome.output())
                .contains("mapped while held = true", "used = true", "mapped afterwards = false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"address", "raw", "trampoline", "arena"})
    void aHeapThatIsKnownByAddressKeepsItsMemory(String held) {
        ChildJvm.Outcome outcome = drop(held);
        assertWarnedOnce(outcome);
        assertThat(outcome.output()).contains("mapped while held = true", "used = true", "mapped afterwards = true");
    }

    @Test
    void aClosedHeapDoesNotWarn() {
        assertThat(drop("closed").output()).doesNotContain("dropped").contains("mapped afterwards = false");
    }

    @Test
    void onRequestTheWarningShowsWhereTheHeapWasCreated() {
        assertThat(drop("code").output()).contains("-Dashlar.heapOrigins=true").doesNotContain("DropChild.open");
        assertThat(drop("code", "-Dashlar.heapOrigins=true").output()).contains("DropChild.open");
    }
}
