package dev.ashlar.tool.replay;

import dev.ashlar.tool.replay.Stopwatch.Lap;
import java.util.List;

/**
 * Replays a trace by a crew, again and again. The warm-up runs at least {@value #WARM_UP_EVENT_COUNT} events on each
 * thread (in 1 to {@value #REPLAY_COUNT_MAX} replays), and then until several replays in a row have made hardly any
 * garbage, for two seconds at most: code that is not compiled yet makes garbage. Each timed pass runs at least
 * {@value #PASS_EVENT_COUNT} events on each thread.
 *
 * <p>Objects that a trace never frees are freed between two replays, untimed, by the thread that allocated them.
 */
final class Passes {

    private static final long WARM_UP_EVENT_COUNT = 400_000;
    private static final long PASS_EVENT_COUNT = 50_000;
    /** After so few replays with hardly any garbage the compiler is done. */
    private static final int WARM_REPLAY_COUNT = 5;
    /** In addition to a byte per event: a heap that fills and empties may make an object or two each time. */
    private static final long QUIET_BYTE_SIZE_MAX = 1024;
    private static final long WARM_UP_NANOS_MAX = 2_000_000_000L;
    /** For traces of a few events: starting the threads costs more than such a replay. */
    private static final long REPLAY_COUNT_MAX = 4_000;

    private final Crew crew;
    private final long eventsPerReplay;

    /**
     * Makes the passes of a crew.
     *
     * @param eventsPerReplay events of each thread
     */
    Passes(Crew crew, long eventsPerReplay) {
        this.crew = crew;
        this.eventsPerReplay = eventsPerReplay;
    }

    /** {@return how often a timed pass replays the trace; a pass of microseconds would measure the clock} */
    int replaysPerPass() {
        return replays(PASS_EVENT_COUNT);
    }

    /** Replays until the code is compiled. */
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
     * @param look called before the live objects at its end are freed, while a split region can still be found
     */
    Lap timed(Runnable look) {
        return repeat(replaysPerPass(), look);
    }

    /** Frees the objects that the trace leaves alive. */
    void freeSurvivors() {
        crew.all(worker -> {
            worker.freeSurvivors();
            return Lap.NONE;
        });
    }

    static void doNotLook() {
        // Nothing is to be seen.
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
