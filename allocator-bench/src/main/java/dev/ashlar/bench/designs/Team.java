package dev.ashlar.bench.designs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that go through a load side by side at one site, each with blocks of its own. The same threads in every pass:
 * what an allocator does for a thread depends on the thread.
 */
final class Team implements AutoCloseable {

    private final List<Walk> walks = new ArrayList<>();
    private final List<ExecutorService> threads = new ArrayList<>();
    private final CyclicBarrier start;

    Team(Site site, Load load, int threadCount) {
        for (int index = 0; index < threadCount; index++) {
            walks.add(Walk.besideOthers(site, load));
            threads.add(Executors.newSingleThreadExecutor(
                    task -> Thread.ofPlatform().daemon().name("designs").unstarted(task)));
        }
        this.start = new CyclicBarrier(threadCount);
    }

    /** {@return nanoseconds of each section, the mean over the threads} */
    long[] pass() {
        List<Future<long[]>> running = new ArrayList<>();
        for (int index = 0; index < walks.size(); index++) {
            Walk walk = walks.get(index);
            running.add(threads.get(index).submit(() -> {
                start.await();
                return walk.pass();
            }));
        }
        List<long[]> nanos = running.stream().map(Team::result).toList();
        long[] mean = new long[nanos.getFirst().length];
        for (int section = 0; section < mean.length; section++) {
            int at = section;
            mean[section] = nanos.stream().mapToLong(one -> one[at]).sum() / nanos.size();
        }
        return mean;
    }

    private static long[] result(Future<long[]> running) {
        try {
            return running.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException exception) {
                throw exception;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while designs are timed", interrupted);
        }
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::close);
    }
}
