package dev.ashlar;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A thread of its own, for calls that only a registered thread may make. */
final class Worker implements AutoCloseable {
    private final ExecutorService executor;

    Worker(String name) {
        executor = Executors.newSingleThreadExecutor(task -> new Thread(task, name));
    }

    RegisteredThread register(Retirement retirement) throws Exception {
        return executor.submit(retirement::register).get();
    }

    void run(Runnable action) throws Exception {
        Future<?> done = executor.submit(action);
        done.get();
    }

    @Override
    public void close() {
        executor.close();
    }
}
