package dev.ashlar.heap;

import static dev.ashlar.TestHeaps.over;
import static dev.ashlar.TestHeaps.space;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.DataHeap;
import dev.ashlar.buddy.RunCheck;
import dev.ashlar.host.Residue;
import dev.ashlar.host.Seeded;
import dev.ashlar.host.WatchedCalls;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Goal: whatever happens during a preparation, nothing leaks, hangs or overlaps. Method: several threads let a heap
 * grow and shrink, trim it and audit it, while the preparing thread is slow and its calls fail now and then; at a
 * random moment the heap is closed.
 */
class PreparationStressTest {
    private static final int ROUND_COUNT = 30;
    private static final int THREAD_COUNT = 3;

    private static Function<String, Integer> slowAndFailing(int failuresPerThousand, int longestMicros) {
        return _ -> {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            LockSupport.parkNanos(1000L * random.nextInt(longestMicros));
            return random.nextInt(1000) < failuresPerThousand ? -Errno.ENOMEM : 0;
        };
    }

    @Seeded
    void aCloseDuringAPreparationLeavesNothing(long seed) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUND_COUNT; round++) {
            Residue residue = Residue.now();
            FaultyCalls made = new FaultyCalls(Libc.system());
            WatchedCalls calls = new WatchedCalls();
            calls.onHousekeeping(slowAndFailing(round % 2 == 0 ? 0 : 200, 200));
            MemoryDemand memory = round % 3 == 0 ? MemoryDemand.AUTO : MemoryDemand.SMALL;
            DataHeap heap = over(calls.around(made), DataHeap.builder()).memory(memory).capacity(64 << 20).build();
            ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
            AtomicBoolean isClosing = new AtomicBoolean();
            List<Thread> threads = new ArrayList<>();
            for (int index = 0; index < THREAD_COUNT; index++) {
                SplittableRandom own = random.split();
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        use(heap, own);
                    } catch (HeapClosedException | IllegalStateException closed) {
                        // Comes from a call, or from a segment while the close is not complete.
                        if (!isClosing.get()) {
                            failures.add(closed);
                        }
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }));
            }
            Thread.sleep(random.nextInt(40));
            if (random.nextBoolean()) {
                space(heap).whileOpen(() -> {
                    RunCheck.check(space(heap).blocks().runs());
                    return heap;
                });
            }
            isClosing.set(true);
            heap.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            residue.assertNoDescriptorOrMappingLeft(made);
        }
    }

    /** Uses a heap until it is closed: grows to 20 MiB, shrinks, grows again. */
    private static void use(DataHeap heap, SplittableRandom random) {
        List<MemorySegment> blocks = new ArrayList<>();
        long tag = random.nextLong();
        while (true) {
            if (blocks.size() < 300 && random.nextInt(100) < 60) {
                MemorySegment block = heap.allocate(4096 << random.nextInt(5));
                block.set(ValueLayout.JAVA_LONG, 0, tag);
                blocks.add(block);
            } else if (!blocks.isEmpty()) {
                MemorySegment block = blocks.remove(random.nextInt(blocks.size()));
                assertThat(block.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(tag);
                heap.free(block);
            }
            switch (random.nextInt(3000)) {
                case 0 -> heap.trim();
                case 1 -> assertThat(heap.audit().misplaced()).isEmpty();
                case 2 -> assertThat(heap.stats().preparedByteSize()).isLessThanOrEqualTo(2 << 20);
                case 3 -> {
                    blocks.forEach(heap::free);
                    blocks.clear();
                }
                default -> {
                    // Most steps only take or free.
                }
            }
        }
    }
}
