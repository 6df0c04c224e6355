package dev.ashlar.tool.workload;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
     * @throws RuntimeException what a task threw; an Error likewise
     */
    public <T> List<T> run(int taskCount, IntFunction<T> task) {
        CyclicBarrier start = new CyclicBarrier(Math.max(1, taskCount));
        List<CompletableFuture<T>> running = IntStream.range(0, taskCount)
                .mapToObj(index -> CompletableFuture.supplyAsync(() -> {
                    await(start);
                    return task.apply(index);
                }, threads.get(index)))
                .toList();
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw failed;
            }
        }
        return running.stream().map(CompletableFuture::join).toList();
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
