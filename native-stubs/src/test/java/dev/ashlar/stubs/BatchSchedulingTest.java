package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class BatchSchedulingTest {
    /** The field of proc_pid_stat(5) that holds the policy, counted from the one after the name, which is the third. */
    private static final int POLICY_FIELD = 41 - 3;

    @Test
    void onlyTheCallingThreadBecomesBatchWork() {
        String before = policy();
        Executor newThread = task -> Thread.ofPlatform().start(task);
        String policy = CompletableFuture.supplyAsync(() -> {
            assertThat(BatchScheduling.enter()).isTrue();
            return policy();
        }, newThread).join();
        assertThat(policy).isEqualTo("3");
        assertThat(policy()).isEqualTo(before).isNotEqualTo("3");
    }

    private static String policy() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[POLICY_FIELD];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
