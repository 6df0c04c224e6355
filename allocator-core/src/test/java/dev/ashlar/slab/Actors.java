package dev.ashlar.slab;

import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads that take turns with a store, so that a run can be repeated: the test's own thread, another thread with its
 * own owner, which is sometimes replaced by a new thread, and virtual threads, which share the common owner.
 */
final class Actors implements AutoCloseable {
    private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
    private ExecutorService other = Executors.newSingleThreadExecutor(this::newThread);
    /** The last thread of {@link #other}; at first one that never starts, for which no caller waits. */
    private Thread otherThread = Thread.ofPlatform().unstarted(() -> {});

    private Thread newThread(Runnable body) {
        otherThread = Thread.ofPlatform().unstarted(body);
        return otherThread;
    }

    /** Runs an action in one of the threads, chosen at random. */
    <T> T doByAny(SplittableRandom random, Callable<T> action) {
        return switch (random.nextInt(3)) {
            case 0 -> here(action);
            case 1 -> doByOther(action);
            default -> doByVirtual(action);
        };
    }

    private static <T> T here(Callable<T> action) {
        try {
            return action.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    <T> T doByOther(Callable<T> action) {
        return result(other, action);
    }

    <T> T doByVirtual(Callable<T> action) {
        return result(virtual, action);
    }

    /** Ends the other thread. A new thread runs the next action in its place. */
    void replaceOther() {
        other.shutdown();
        try {
            otherThread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        other = Executors.newSingleThreadExecutor(this::newThread);
    }

    private static <T> T result(ExecutorService executor, Callable<T> action) {
        try {
            return executor.submit(action).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        other.shutdown();
        virtual.close();
    }
}
