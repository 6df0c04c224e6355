package dev.ashlar.region;

import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * Makes every core that runs a thread of this process drop the instructions it has fetched: membarrier(2),
 * PRIVATE_EXPEDITED_SYNC_CORE, Linux 4.16 on x86-64. Afterwards no core executes code that an earlier store replaced.
 *
 * <p>The first use registers the process, which takes up to milliseconds. Thread-safe: registering twice does no harm.
 */
public final class CoreBarrier {
    private final SystemCalls calls;
    private volatile boolean isReady;

    /** Creates a barrier; the first use registers the process. */
    public CoreBarrier(SystemCalls calls) {
        this.calls = calls;
    }

    /**
     * {@return why this host has no such barrier, or null if it has one}
     *
     * <p>This also tries the barrier itself, to find a filter that allows only the registration.
     */
    public @Nullable Refusal prepare() {
        if (isReady) {
            return null;
        }
        Refusal refusal = call(
                Linux.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, "REGISTER_PRIVATE_EXPEDITED_SYNC_CORE");
        if (refusal == null) {
            refusal = await();
        }
        isReady = refusal == null;
        return refusal;
    }

    /**
     * Waits until every core has passed the barrier.
     *
     * @return null, or why there was none
     */
    public @Nullable Refusal await() {
        return call(Linux.MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, "PRIVATE_EXPEDITED_SYNC_CORE");
    }

    private @Nullable Refusal call(int command, String name) {
        int result = calls.membarrier(command, 0);
        return result < 0
                ? new Refusal("patch", "membarrier(" + name + ")", Errno.describe(result),
                        new Remedy(calls).ofBarrier(result))
                : null;
    }
}
