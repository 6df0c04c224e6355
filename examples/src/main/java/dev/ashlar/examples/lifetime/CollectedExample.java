package dev.ashlar.examples.lifetime;

import dev.ashlar.CodeHeap;
import dev.ashlar.examples.path.Answer;
import java.lang.invoke.MethodHandle;
import java.time.Duration;

/** Collected: code lives as long as its handle is reachable, and the garbage collector frees it. */
public final class CollectedExample {
    private static final int FUNCTION_COUNT = 1_000;
    private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(30).toNanos();

    private CollectedExample() {}

    /** Drops many functions, and waits until the collector has freed them. */
    public static void main(String[] arguments) throws Throwable {
        if (!Answer.isX86()) {
            return;
        }
        try (CodeHeap heap = CodeHeap.create()) {
            int sum = 0;
            for (int index = 0; index < FUNCTION_COUNT; index++) {
                MethodHandle function = heap.collected().define(Answer.of(1)).bind(Answer.FUNCTION);
                sum += (int) function.invokeExact();
            }
            IO.println("the functions return " + sum + " together");

            long start = System.nanoTime();
            while (heap.stats().liveByteSize() > 0 && System.nanoTime() - start < LONGEST_WAIT_NANOS) {
                System.gc();
                Thread.sleep(10);
            }
            IO.println("bytes that live: " + heap.stats().liveByteSize());
        }
    }
}
