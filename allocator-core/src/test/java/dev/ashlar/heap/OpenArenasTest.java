package dev.ashlar.heap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.heap.OpenArenas.Entry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The thread that shuts the heap sees every arena opened before, and no arena is opened afterwards. */
class OpenArenasTest {
    private final OpenArenas arenas = new OpenArenas();

    private boolean isShut() {
        boolean isShut = arenas.shut().isEmpty();
        if (isShut) {
            arenas.reopen();
        }
        return isShut;
    }

    private static <T> T in(ExecutorService executor, Callable<T> task) throws Exception {
        return executor.submit(task).get(10, TimeUnit.SECONDS);
    }

    private int claimAndEnter() {
        arenas.claim();
        return arenas.enter();
    }

    @Test
    void anArenaInACounterKeepsTheHeapOpenAndItsThreadIsNamed() throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "holder"))) {
            int counter = in(thread, this::claimAndEnter);
            in(thread, arenas::enter);

            assertThat(arenas.shut()).singleElement().asString().startsWith("2 of thread holder (#");

            in(thread, () -> {
                arenas.leave(counter);
                arenas.leave(counter);
                return counter;
            });
            assertThat(isShut()).isTrue();
        }
    }

    /** There are 64 counters, so some of 70 threads have none. */
    @Test
    void everyThreadHasACounterOrNone() throws Exception {
        List<ExecutorService> threads = new ArrayList<>();
        try {
            List<Integer> counters = new ArrayList<>();
            for (int count = 0; count < 70; count++) {
                threads.add(Executors.newSingleThreadExecutor());
                counters.add(in(threads.getLast(), this::claimAndEnter));
            }
            assertThat(counters).contains(OpenArenas.NO_COUNTER).doesNotContain(OpenArenas.SHUT);
            assertThat(counters).filteredOn(counter -> counter >= 0).doesNotHaveDuplicates();
            assertThat(isShut()).isFalse();
        } finally {
            threads.forEach(ExecutorService::close);
        }
        assertThat(isShut()).as("shut after all threads ended").isTrue();
    }

    @Test
    void aVirtualThreadHasNoCounter() throws Exception {
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(in(virtual, this::claimAndEnter)).isEqualTo(OpenArenas.NO_COUNTER);
        }
    }

    @Test
    void anEntryKeepsTheHeapOpenUntilItLeaves() {
        try (Arena life = Arena.ofShared()) {
            Entry entry = OpenArenas.entry(life.scope(), null);
            assertThat(arenas.enter(entry)).isTrue();

            assertThat(arenas.shut()).containsExactly("1 shared");

            arenas.leave(entry);
            assertThat(isShut()).isTrue();
        }
    }

    @Test
    void theConfinedArenaOfAnEndedThreadCountsAsClosed() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread user = Thread.ofVirtual().start(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(arenas.enter(OpenArenas.entry(Arena.global().scope(), user))).isTrue();
        assertThat(isShut()).isFalse();

        end.countDown();
        user.join();

        assertThat(isShut()).isTrue();
    }

    @Test
    void aSharedArenaThatIsNotReachableCountsAsClosed() throws Exception {
        enterAndDrop();
        for (int attempt = 0; attempt < 100 && !isShut(); attempt++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(isShut()).isTrue();
    }

    private void enterAndDrop() {
        MemorySegment segment = Arena.ofAuto().allocate(1);
        assertThat(arenas.enter(OpenArenas.entry(segment.scope(), null))).isTrue();
        assertThat(isShut()).as("shut while a segment is reachable").isFalse();
        segment.fill((byte) 1);
    }

    @Test
    void noArenaIsCountedWhileTheHeapIsShut() {
        int own = claimAndEnter();
        assertThat(own).isNotNegative();
        arenas.leave(own);
        Entry entry = OpenArenas.entry(Arena.global().scope(), null);
        assertThat(arenas.shut()).isEmpty();
        assertThat(arenas.enter()).isEqualTo(OpenArenas.SHUT);
        assertThat(arenas.enter(entry)).isFalse();

        arenas.reopen();

        assertThat(arenas.enter()).isEqualTo(own);
        assertThat(arenas.enter(entry)).isTrue();
        assertThat(isShut()).isFalse();
        arenas.leave(own);
        assertThat(isShut()).isFalse();
        arenas.leave(entry);
        assertThat(isShut()).isTrue();
    }

    @Test
    void aCounterOfAnEndedThreadIsGivenToAnotherAndStartsAtZero() throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            assertThat(in(thread, this::claimAndEnter)).isNotNegative();
        }
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
            for (int count = 0; count < 130; count++) {
                in(threads, () -> {
                    int counter = claimAndEnter();
                    arenas.leave(counter);
                    return counter;
                });
            }
        }
        assertThat(isShut()).isTrue();
    }

    /** The lock stands for the heap's lock. Counting needs no lock. */
    @Test
    void anArenaThatWasCountedIsNeverOverlooked() throws Exception {
        Object lock = new Object();
        int insideAtShut = 0;
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<AtomicInteger> inside = List.of(new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
            List<Future<Integer>> openers = new ArrayList<>();
            openers.add(threads.submit(() -> openAndClose(lock, inside.get(0))));
            openers.add(threads.submit(() -> openAndClose(lock, inside.get(1))));
            openers.add(threads.submit(() -> enterAndLeave(inside.get(2))));
            int shutCount = 0;
            for (int attempt = 0; attempt < 3000; attempt++) {
                synchronized (lock) {
                    if (arenas.shut().isEmpty()) {
                        shutCount++;
                        insideAtShut += inside.stream().mapToInt(AtomicInteger::getOpaque).sum();
                        arenas.reopen();
                    }
                }
            }
            stopped = true;
            for (Future<Integer> opener : openers) {
                assertThat(opener.get(30, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(shutCount).isPositive();
            assertThat(insideAtShut).isZero();
        }
    }

    private volatile boolean stopped;

    /** Marks the time inside, without a fence that would order more than the counting does. */
    private int openAndClose(Object lock, AtomicInteger inside) {
        int count = 0;
        while (!stopped) {
            int counter = arenas.enter();
            if (counter == OpenArenas.SHUT) {
                synchronized (lock) {
                    counter = claimAndEnter();
                }
            }
            inside.setOpaque(1);
            count++;
            inside.setOpaque(0);
            arenas.leave(counter);
        }
        return count;
    }

    private int enterAndLeave(AtomicInteger inside) {
        int count = 0;
        while (!stopped) {
            Entry entry = OpenArenas.entry(Arena.global().scope(), null);
            if (arenas.enter(entry)) {
                inside.setOpaque(1);
                count++;
                inside.setOpaque(0);
                arenas.leave(entry);
            }
        }
        return count;
    }
}
