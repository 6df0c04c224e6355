package dev.ashlar.tool.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The threads of a measurement run each task on its own thread, and a failure is that of the task. */
class WorkerThreadsTest {
    private final AtomicInteger finished = new AtomicInteger();

    private Throwable thrownIf(Runnable fails) {
        try (WorkerThreads threads = new WorkerThreads("worker", 3)) {
            return catchThrowable(() -> threads.run(3, index -> {
                if (index == 1) {
                    fails.run();
                }
                return finished.incrementAndGet();
            }));
        }
    }

    @Test
    void resultsComeInTheOrderOfTheThreads() {
        try (WorkerThreads threads = new WorkerThreads("worker", 3)) {
            assertThat(threads.<String>run(3, _ -> Thread.currentThread().getName()))
                    .containsExactly("worker-0", "worker-1", "worker-2");
            assertThat(threads.<String>run(2, _ -> Thread.currentThread().getName()))
                    .containsExactly("worker-0", "worker-1");
        }
    }

    @Test
    void theExceptionOfATaskIsThrownAsItIsAfterTheOthersHaveFinished() {
        IllegalArgumentException failure = new IllegalArgumentException("a task");
        assertThat(thrownIf(() -> {
            throw failure;
        })).isSameAs(failure);
        assertThat(finished).hasValue(2);
    }

    @Test
    void theErrorOfATaskIsThrownAsItIsAfterTheOthersHaveFinished() {
        AssertionError failure = new AssertionError("a task");
        assertThat(thrownIf(() -> {
            throw failure;
        })).isSameAs(failure);
        assertThat(finished).hasValue(2);
    }
}
