package dev.ashlar.tool.replay;

import dev.ashlar.tool.workload.WorkerThreads;
import java.util.List;
import java.util.function.Consumer;

/**
 * Replays a trace again and again, each worker on its own thread. The warm-up runs at least
 * {@value #WARM_UP_EVENT_COUNT} events on each thread (in 1 to {@value #REPLAY_COUNT_MAX} replays). It goes on until
 * several replays in a row have made hardly any garbage, for two seconds at most: code that is not compiled yet makes
 * garbage. Each timed pass runs at least {@value #PASS_EVENT_COUNT} events on each thread.
 *
 * <p>Between two replays, each thread frees the objects that it allocated and the trace never frees. This is not timed.
 */
final class Passes implements AutoCloseable {

    private static final long WARM_UP_EVENT_COUNT = 2_000_000;
    private static final long PASS_EVENT_COUNT = 50_000;
    /** After this number of replays with hardly any garbage the compiler is done. */
    private static final int WARM_REPLAY_COUNT = 5;
    /** In addition to a byte for each event: a heap that fills and empties may make an object or two each time. */
    private static final long QUIET_BYTE_SIZE_MAX = 1024;
    private static final long WARM_UP_NANOS_MAX = 2_000_000_000L;
    /** For traces of a few events: starting the threads costs more than such a replay. */
    private static final long REPLAY_COUNT_MAX = 4_000;

    private final List<Worker> workers;
    private final WorkerThreads threads;

    Passes(List<Worker> workers) {
        this.workers = List.copyOf(workers);
        this.threads = new WorkerThreads("replay", workers.size());
    }

    /** {@return how often a timed pass replays the trace; a pass of microseconds would measure the clock} */
    int replaysPerPass() {
        return replays(PASS_EVENT_COUNT);
    }

    /** Runs a task for each worker, all at the same time. */
    void each(Consumer<Worker> task) {
        threads.run(workers.size(), index -> {
            task.accept(workers.get(index));
            return index;
        });
    }

    /** Replays until the code is compiled. */
    void warmUp() {
        repeat(replays(WARM_UP_EVENT_COUNT), () -> {});
        long start = System.nanoTime();
        int quiet = 0;
        while (quiet < WARM_REPLAY_COUNT && System.nanoTime() - start < WARM_UP_NANOS_MAX) {
            Lap lap = repeat(1, () -> {});
            quiet = lap.javaByteSize() < lap.eventCount() + QUIET_BYTE_SIZE_MAX ? quiet + 1 : 0;
        }
    }

    /**
     * {@return time and garbage of one timed pass}
     *
     * @param look called before the live objects at its end are freed, while a split region can still be found
     */
    Lap timed(Runnable look) {
        return repeat(replaysPerPass(), look);
    }

    private Lap repeat(int replays, Runnable look) {
        Lap sum = Lap.NONE;
        for (int replay = 0; replay < replays; replay++) {
            sum = threads.run(workers.size(), index -> Lap.of(workers.get(index))).stream().reduce(sum, Lap::plus);
            if (replay == replays - 1) {
                look.run();
            }
            each(Worker::freeSurvivors);
        }
        return sum;
    }

    private int replays(long eventCount) {
        return (int) Math.clamp(Math.ceilDiv(eventCount, workers.getFirst().eventsPerPass()), 1, REPLAY_COUNT_MAX);
    }

    @Override
    public void close() {
        threads.close();
    }
}
