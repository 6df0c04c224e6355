package dev.ashlar.tool.replay;

import dev.ashlar.tool.replay.Stopwatch.Lap;
import java.util.List;

/**
 * Replays of a trace by a crew, one after the other: first a warm-up, until {@value #WARM_UP_EVENT_COUNT} events have
 * run on each thread (at most {@value #REPLAY_COUNT_MAX} replays, at least one) and then until several replays in a row
 * have made hardly any garbage, which code that is not yet compiled does make; two seconds at most. Then timed passes,
 * each of {@value #PASS_EVENT_COUNT} events on each thread at least.
 *
 * <p>What a trace never frees is freed between two, outside what is
 * timed, by the thread that allocated it.
 */
final class Passes {

    private static final long WARM_UP_EVENT_COUNT = 400_000;
    private static final long PASS_EVENT_COUNT = 50_000;
    /** Replays in a row with hardly any garbage: the sign that the compiler is done. */
    private static final int WARM_REPLAY_COUNT = 5;
    /** Beyond a byte an event: a heap that fills and empties may make an object or two of its own each time. */
    private static final long QUIET_BYTE_SIZE_MAX = 1024;
    private static final long WARM_UP_NANOS_MAX = 2_000_000_000L;
    /** For traces of a few events: starting the threads costs more than such a replay. */
    private static final long REPLAY_COUNT_MAX = 4_000;

    private final Crew crew;
    private final long eventsPerReplay;

    /**
     * None yet.
     *
     * @param eventsPerReplay events of each thread
     */
    Passes(Crew crew, long eventsPerReplay) {
        this.crew = crew;
        this.eventsPerReplay = eventsPerReplay;
    }

    /** {@return how often a timed pass replays the trace: a pass of microseconds would measure the clock} */
    int replaysPerPass() {
        return replays(PASS_EVENT_COUNT);
    }

    /** Replays until nothing is left to compile, as far as can be told. */
    void warmUp() {
        repeat(replays(WARM_UP_EVENT_COUNT), Passes::doNotLook);
        long start = System.nanoTime();
        int quiet = 0;
        while (quiet < WARM_REPLAY_COUNT && System.nanoTime() - start < WARM_UP_NANOS_MAX) {
            Lap lap = repeat(1, Passes::doNotLook);
            quiet = lap.javaByteSize() < lap.eventCount() + QUIET_BYTE_SIZE_MAX ? quiet + 1 : 0;
        }
    }

    /**
     * {@return time and garbage of one timed pass}
     *
     * @param look called before what is live at its end is freed: a region split meanwhile is still there to be found
     */
    Lap timed(Runnable look) {
        return repeat(replaysPerPass(), look);
    }

    /** Frees what the trace leaves alive. */
    void freeSurvivors() {
        crew.all(worker -> {
            worker.freeSurvivors();
            return Lap.NONE;
        });
    }

    static void doNotLook() {
        // Nobody asks.
    }

    private Lap repeat(int replays, Runnable look) {
        Lap sum = Lap.NONE;
        for (int replay = 0; replay < replays; replay++) {
            List<Lap> laps = crew.all(Stopwatch::pass);
            sum = sum.plus(laps);
            if (replay == replays - 1) {
                look.run();
            }
            freeSurvivors();
        }
        return sum;
    }

    private int replays(long eventCount) {
        return (int) Math.clamp(Math.ceilDiv(eventCount, eventsPerReplay), 1, REPLAY_COUNT_MAX);
    }
}
