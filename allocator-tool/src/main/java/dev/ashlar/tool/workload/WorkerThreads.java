package dev.ashlar.tool.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Threads that live as long as a measurement, because an allocator keeps state for each thread. The work with a number
 * always runs on the thread with this number.
 */
public final class WorkerThreads implements AutoCloseable {

    private final List<ExecutorService> threads;

    /** Makes a number of threads. */
    public WorkerThreads(String name, int count) {
        threads = IntStream.range(0, count)
                .mapToObj(index -> Executors.newSingleThreadExecutor(
                        task -> Thread.ofPlatform().daemon().name(name + "-" + index).unstarted(task)))
                .toList();
    }

    /** {@return the number of threads} */
    public int count() {
        return threads.size();
    }

    /**
     * Runs a task on each of the first threads. All start together. Waits for all, even if one fails.
     *
     * @param taskCount at most the number of threads
     * @param task takes the number of its thread
     * @return the results, in the order of the threads
     */
    public <T> List<T> run(int taskCount, IntFunction<T> task) {
        CyclicBarrier start = new CyclicBarrier(Math.max(1, taskCount));
        List<Future<T>> running = new ArrayList<>();
        for (int index = 0; index < taskCount; index++) {
            int thread = index;
            running.add(threads.get(index).submit(() -> {
                await(start);
                return task.apply(thread);
            }));
        }
        List<T> results = new ArrayList<>();
        Throwable failure = null;
        for (Future<T> one : running) {
            try {
                results.add(one.get());
            } catch (ExecutionException failed) {
                failure = failure == null ? failed.getCause() : failure;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while other threads work", interrupted);
            }
        }
        return switch (failure) {
            case null -> results;
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalStateException(failure);
        };
    }

    private static void await(CyclicBarrier start) {
        try {
            start.await();
        } catch (InterruptedException | BrokenBarrierException broken) {
            throw new IllegalStateException("the threads could not start together", broken);
        }
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::close);
    }
}
