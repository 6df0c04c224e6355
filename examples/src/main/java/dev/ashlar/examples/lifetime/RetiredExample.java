package dev.ashlar.examples.lifetime;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.RegisteredThread;
import dev.ashlar.Retirement;
import dev.ashlar.examples.path.Answer;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Retired: a block is replaced while threads run it, and freed when each has passed a quiescent point. */
public final class RetiredExample {
    private static final int REPLACEMENT_COUNT = 100;

    private RetiredExample() {}

    /** Replaces a function many times while another thread calls it. */
    public static void main(String[] arguments) throws Throwable {
        if (!Answer.isX86()) {
            return;
        }
        try (CodeHeap heap = CodeHeap.create(); Retirement retirement = heap.openRetirement(REPLACEMENT_COUNT)) {
            CodeBlock installed = heap.define(Answer.of(0));
            AtomicReference<@Nullable MethodHandle> current = new AtomicReference<>(installed.bind(Answer.FUNCTION));
            CountDownLatch called = new CountDownLatch(1);
            Thread caller = Thread.ofPlatform().start(() -> callUntilNull(retirement, current, called));
            called.await();

            for (int number = 1; number <= REPLACEMENT_COUNT; number++) {
                CodeBlock next = heap.define(Answer.of(number));
                current.set(next.bind(Answer.FUNCTION));
                // No thread enters the old block any more, but one may be in it.
                retirement.retire(installed);
                installed = next;
            }
            current.set(null);
            caller.join();
            // Its registration was closed: it holds up nothing, and what waited is freed.
            IO.println("blocks that wait: " + retirement.backlogCount());
            installed.free();
        }
    }

    private static void callUntilNull(
            Retirement retirement, AtomicReference<@Nullable MethodHandle> current, CountDownLatch called) {
        try (RegisteredThread self = retirement.register()) {
            for (MethodHandle function = current.get(); function != null; function = current.get()) {
                int number = (int) function.invokeExact();
                if (number < 0 || number > REPLACEMENT_COUNT) {
                    throw new IllegalStateException("no function returns " + number);
                }
                called.countDown();
                // Here this thread runs no block, and it takes the handle anew.
                self.quiescent();
            }
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }
}
