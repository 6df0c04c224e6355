package dev.ashlar;

import dev.ashlar.host.WatchedCalls;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.ForkedProcessException;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Forks itself without exec while the next region of a heap is being prepared. Prints how many calls of the fork were
 * refused, and what the parent finds afterwards.
 */
final class PreparingForkChild {
    private static final int REGION = 2 << 20;
    private static final int BLOCK = 64 << 10;

    private PreparingForkChild() {}

    public static void main(String[] arguments) throws Throwable {
        MethodHandle fork = ForkChild.function("fork", FunctionDescriptor.of(ValueLayout.JAVA_INT));
        MethodHandle exit = ForkChild.function("_exit", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        CountDownLatch latch = new CountDownLatch(1);
        WatchedCalls calls = new WatchedCalls();
        calls.onHousekeeping(_ -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return 0;
        });
        DataHeap heap = TestHeaps.over(calls.around(Libc.system()), DataHeap.builder())
                .memory(MemoryDemand.SMALL)
                .capacity(8 * REGION)
                .build();
        heap.audit();
        for (int index = 0; index <= 2 * REGION / BLOCK; index++) {
            heap.allocate(BLOCK);
        }
        while (!calls.hasHousekeepingCalled()) {
            Thread.sleep(1);
        }
        // The fork has no thread that could load classes for it.
        ForkChild.refusedCount(List.of(() -> {
            throw ForkedProcessException.of(0);
        }));
        List<Runnable> uses = List.of(heap::trim, () -> heap.allocate(REGION), heap::audit, heap::close);
        int id = (int) fork.invokeExact();
        if (id == 0) {
            exit.invokeExact(ForkChild.refusedCount(uses));
        }
        System.out.println("refused " + ForkChild.await(id) + " of " + uses.size());
        latch.countDown();
        while (heap.stats().preparedByteSize() == 0) {
            Thread.sleep(1);
        }
        System.out.println("prepared = " + heap.stats().preparedByteSize());
        System.out.println("clean = " + heap.audit().isClean());
        heap.close();
    }
}
