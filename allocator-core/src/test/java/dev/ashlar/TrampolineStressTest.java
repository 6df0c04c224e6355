package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a call through a trampoline reaches the old or the new target, and only the new target after the change has
 * returned. The long form is {@code -Dashlar.retargets=100000000}, for each write path.
 */
class TrampolineStressTest {
    private static final long RETARGETS = Long.getLong("ashlar.retargets", 1_000_000);
    private static final int TARGET_COUNT = 1024;
    private static final int THREAD_COUNT = 4;

    @ParameterizedTest
    @EnumSource
    void callersReachTheOldOrTheNewTarget(WritePath path) throws Exception {
        try (CodeHeap heap =
                CodeHeap.builder().memory(MemoryDemand.SMALL).writePath(path).build();
                TrampolinePool pool = heap.openTrampolines(1)) {
            long[] targets = IntStream.range(0, TARGET_COUNT)
                    .mapToLong(result -> heap.define(NativeCode.returning(result)).address())
                    .toArray();
            Trampoline trampoline = pool.take(targets[0]);
            long address = trampoline.address();
            Callers.watch(
                    RETARGETS,
                    number -> trampoline.retarget(targets[(int) (number % TARGET_COUNT)]),
                    () -> NativeCode.call(address),
                    TARGET_COUNT);
        }
    }

    /** A thread that arrives through the trampoline sees all of the code that was published just before the change. */
    @Test
    void callersSeeAllOfTheCodePublishedJustBeforeTheChange() throws Exception {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
                TrampolinePool pool = heap.openTrampolines(1)) {
            Trampoline trampoline = pool.take(heap.define(NativeCode.returning(0)).address());
            long address = trampoline.address();
            Callers.watch(
                    RETARGETS / 10,
                    number -> trampoline.retarget(
                            heap.define(NativeCode.returning((int) number)).address()),
                    () -> Integer.toUnsignedLong(NativeCode.call(address)),
                    1L << 32);
        }
    }

    @Test
    void noTrampolineIsTakenByTwoThreads() throws Exception {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
                TrampolinePool pool = heap.openTrampolines(1);
                ExecutorService threads = Executors.newFixedThreadPool(THREAD_COUNT)) {
            List<Callable<Void>> users = new ArrayList<>();
            for (int thread = 0; thread < THREAD_COUNT; thread++) {
                int own = thread;
                long target = heap.define(NativeCode.returning(own)).address();
                users.add(() -> takeAndFree(pool, own, target));
            }
            for (Future<Void> user : threads.invokeAll(users)) {
                user.get();
            }
            assertThat(pool.liveCount()).isZero();
            heap.zones().spaces().forEach(space -> space.blocks().checkInvariants());
        }
    }

    private static Void takeAndFree(TrampolinePool pool, int own, long target) {
        ArrayDeque<Trampoline> mine = new ArrayDeque<>();
        Random random = new Random(own);
        for (long step = 0; step < RETARGETS / 20; step++) {
            if (mine.size() < 200 && (mine.isEmpty() || random.nextBoolean())) {
                mine.addLast(pool.take(target));
            } else {
                Trampoline oldest = mine.removeFirst();
                assertThat(NativeCode.call(oldest.address())).isEqualTo(own);
                oldest.free();
            }
        }
        mine.forEach(Trampoline::free);
        return null;
    }
}
