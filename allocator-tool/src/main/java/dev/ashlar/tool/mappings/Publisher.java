package dev.ashlar.tool.permissions;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Several publications at once, each on a thread of its own: in a round every thread opens one and fills it, all are
 * looked at while they are open, then every thread publishes its own.
 */
final class InRounds implements Publisher {

    private final Way way;
    private final Functions functions;
    private final Runnable look;
    private final int functionsPerPublication;
    private final List<Lane> lanes = new ArrayList<>();
    private Timing timing = Timing.NONE;
    private long mprotectCallCount;

    /**
     * Publishes nothing yet.
     *
     * @param look called once a round while all its publications are open
     * @param cell how many at once, and how large
     */
    InRounds(Way way, Functions functions, Runnable look, Cell cell) {
        this.way = way;
        this.functions = functions;
        this.look = look;
        this.functionsPerPublication = cell.functionsPerPublication();
        for (int lane = 0; lane < cell.openCount(); lane++) {
            lanes.add(new Lane());
        }
    }

    @Override
    public List<Published> publish(int from, int to) {
        List<Published> published = new ArrayList<>();
        int next = from;
        while (next < to) {
            List<Future<Filled>> filling = new ArrayList<>();
            for (Lane lane : lanes) {
                int first = next;
                next = Math.min(to, first + functionsPerPublication);
                if (first < next) {
                    int end = next;
                    filling.add(lane.thread.submit(() -> lane.fill(first, end)));
                }
            }
            List<Filled> filled = filling.stream().map(InRounds::get).toList();
            filled.forEach(one -> timing = timing.plus(one.nanos, one.published.functionCount()));
            look.run();
            long callsBefore = way.mprotectCallCount();
            List<Future<Long>> publishing = new ArrayList<>();
            for (int lane = 0; lane < filled.size(); lane++) {
                Publication publication = filled.get(lane).published.publication();
                publishing.add(lanes.get(lane).thread.submit(nanosOf(publication::publish)));
            }
            publishing.forEach(nanos -> timing = timing.plus(get(nanos), 0));
            mprotectCallCount += way.mprotectCallCount() - callsBefore;
            filled.forEach(one -> published.add(one.published));
        }
        return published;
    }

    @Override
    public long mprotectCallCount() {
        return mprotectCallCount;
    }

    @Override
    public Timing timing() {
        return timing;
    }

    @Override
    public void close() {
        lanes.forEach(lane -> lane.thread.shutdownNow());
    }

    private static Callable<Long> nanosOf(Runnable work) {
        return () -> {
            long start = System.nanoTime();
            work.run();
            return System.nanoTime() - start;
        };
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while functions are published", interrupted);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                // What the host refuses must be told from what went wrong.
                throw cause;
            }
            throw new IllegalStateException("a publishing thread failed", failed);
        }
    }

    /** A publication with all its functions, and how long that took. */
    private record Filled(Published published, long nanos) {}

    /** A thread with a place to make functions. */
    private final class Lane {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final Staging staging = new Staging();

        Filled fill(int from, int to) {
            long start = System.nanoTime();
            Publication publication = way.open();
            for (int function = from; function < to; function++) {
                long address = publication.write(function,
                        staging.function(function, functions.byteSize(function)));
                // Each thread notes functions of its own, and nobody reads them before all threads are done.
                functions.lives(function, address, publication.constants());
            }
            long nanos = System.nanoTime() - start;
            return new Filled(new Published(publication, from, to), nanos);
        }
    }
}
