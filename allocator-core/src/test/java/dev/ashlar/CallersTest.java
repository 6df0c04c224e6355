package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The callers of the stress tests find planted errors. */
class CallersTest {
    private static final long CHANGES = 10_000;

    private final AtomicLong current = new AtomicLong();

    @Test
    void aCurrentNumberPasses() throws Exception {
        Callers.watch(CHANGES, current::set, current::get, 1L << 32);
        assertThat(current).hasValue(CHANGES);
    }

    @Test
    void aRemainderPasses() throws Exception {
        Callers.watch(CHANGES, current::set, () -> current.get() % 64, 64);
    }

    @Test
    void anOldNumberIsFound() {
        assertThatThrownBy(() -> Callers.watch(CHANGES, current::set, () -> Math.max(0, current.get() - 1), 1L << 32))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a call returned 0, current was 1 to 1");
    }

    @Test
    void aTornNumberIsFoundInAnyThread() {
        long changer = Thread.currentThread().threadId();
        assertThatThrownBy(() -> Callers.watch(
                CHANGES,
                current::set,
                () -> Thread.currentThread().threadId() != changer && current.get() == CHANGES ? 1L << 31
                        : current.get(),
                1L << 32))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AssertionError.class);
    }
}
