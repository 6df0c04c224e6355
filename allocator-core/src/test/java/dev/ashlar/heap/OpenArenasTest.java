package dev.ashlar.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** The thread that shuts the heap sees every arena counted before, and no arena is counted afterwards. */
class OpenArenasTest {
    private final OpenArenas arenas = new OpenArenas();

    /** If there are more threads than counters, some threads share a counter. */
    @Test
    void everyArenaOfEveryKindOfThreadKeepsTheHeapOpen() throws Exception {
        assertThat(shutAndReopen()).isTrue();
        try (ExecutorService platform = Executors.newCachedThreadPool();
                ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            List<ExecutorService> executors = new ArrayList<>(Collections.nCopies(70, platform));
            executors.add(virtual);
            List<Integer> counters = new ArrayList<>();
            for (ExecutorService executor : executors) {
                int counter = in(executor, arenas::claimAndEnter);
                counters.add(counter);
                assertThat(shutAndReopen()).isFalse();
                in(executor, () -> {
                    arenas.leave(counter);
                    return counter;
                });
                assertThat(shutAndReopen()).isTrue();
            }
            assertThat(counters).contains(OpenArenas.TOGETHER).doesNotContain(OpenArenas.SHUT);
            assertThat(counters.getLast()).isEqualTo(OpenArenas.TOGETHER);
        }
    }

    private boolean shutAndReopen() {
        boolean shut = arenas.shut();
        if (shut) {
            arenas.reopen();
        }
        return shut;
    }

    private static <T> T in(ExecutorService executor, Callable<T> task) throws Exception {
        return executor.submit(task).get(10, TimeUnit.SECONDS);
    }

    @Test
    void noArenaIsCountedWhileTheHeapIsShut() {
        int own = arenas.claimAndEnter();
        assertThat(own).isNotNegative();
        assertThat(arenas.enter()).isEqualTo(own);
        arenas.leave(own);
        arenas.leave(own);
        assertThat(arenas.shut()).isTrue();
        assertThat(arenas.enter()).isEqualTo(OpenArenas.SHUT);
        assertThat(arenas.enterTogether()).isEqualTo(OpenArenas.SHUT);
        arenas.reopen();
        assertThat(arenas.enter()).isEqualTo(own);
        assertThat(arenas.enterTogether()).isEqualTo(OpenArenas.TOGETHER);
        assertThat(arenas.shut()).isFalse();
        arenas.leave(own);
        assertThat(arenas.shut()).isFalse();
        arenas.leave(OpenArenas.TOGETHER);
        assertThat(arenas.shut()).isTrue();
    }

    @Test
    void anArenaThatIsNeverClosedStaysCounted() throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            assertThat(in(thread, arenas::claimAndEnter)).isNotNegative();
        }
        // Its counter is not given to another thread of the same number, nor to any other.
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
            for (int count = 0; count < 130; count++) {
                arenas.leave(in(threads, () -> {
                    int counter = arenas.claimAndEnter();
                    if (counter >= 0) {
                        arenas.leave(counter);
                        return arenas.enterTogether();
                    }
                    return counter;
                }));
            }
        }
        assertThat(shutAndReopen()).isFalse();
    }

    /** The lock stands for the heap's lock. Counting needs no lock. */
    @Test
    void anArenaThatWasCountedIsNeverOverlooked() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        int insideAtShut = 0;
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<AtomicInteger> inside = List.of(new AtomicInteger(), new AtomicInteger());
            List<Future<Integer>> openers = new ArrayList<>();
            for (AtomicInteger own : inside) {
                openers.add(threads.submit(() -> openAndClose(lock, own)));
            }
            int shutCount = 0;
            for (int attempt = 0; attempt < 3000; attempt++) {
                lock.lock();
                try {
                    if (arenas.shut()) {
                        shutCount++;
                        insideAtShut += inside.get(0).getOpaque() + inside.get(1).getOpaque();
                        arenas.reopen();
                    }
                } finally {
                    lock.unlock();
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
    private int openAndClose(ReentrantLock lock, AtomicInteger inside) {
        int count = 0;
        while (!stopped) {
            int counter = arenas.enter();
            if (counter == OpenArenas.SHUT) {
                lock.lock();
                try {
                    counter = arenas.claimAndEnter();
                } finally {
                    lock.unlock();
                }
            }
            inside.setOpaque(1);
            count++;
            inside.setOpaque(0);
            arenas.leave(counter);
        }
        return count;
    }
}
