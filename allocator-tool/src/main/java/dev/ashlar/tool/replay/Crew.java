package dev.ashlar.tool.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * The threads of a replay: one for each worker, for the whole replay, because an allocator keeps state for each thread.
 */
final class Crew implements AutoCloseable {

    private final List<Worker> workers;
    private final List<ExecutorService> threads;
    private final CyclicBarrier start;

    Crew(List<Worker> workers) {
        this.workers = List.copyOf(workers);
        this.threads = new ArrayList<>();
        for (int index = 0; index < workers.size(); index++) {
            String name = "replay-" + index;
            threads.add(Executors.newSingleThreadExecutor(
                    task -> Thread.ofPlatform().daemon().name(name).unstarted(task)));
        }
        this.start = new CyclicBarrier(workers.size());
    }

    /**
     * Runs a task for each worker on its own thread, all from the same moment on, and waits for all of them, even if
     * one fails.
     *
     * @return the results, in the order of the workers
     */
    <T> List<T> all(Function<Worker, T> task) {
        List<Future<T>> running = new ArrayList<>();
        for (int index = 0; index < workers.size(); index++) {
            Worker worker = workers.get(index);
            running.add(threads.get(index).submit(() -> {
                awaitStart();
                return task.apply(worker);
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
                throw new IllegalStateException("interrupted while a replay runs", interrupted);
            }
        }
        if (failure != null) {
            throw unchecked(failure);
        }
        return results;
    }

    /** Workers throw unchecked exceptions only; the caller gets the one that was thrown. */
    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException exception ? exception : new IllegalStateException(failure);
    }

    private void awaitStart() {
        try {
            start.await();
        } catch (InterruptedException | BrokenBarrierException broken) {
            throw new IllegalStateException("a replay's threads could not start together", broken);
        }
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::close);
    }
}
