package dev.ashlar.recording;

import dev.ashlar.report.HeapStats;
import java.util.function.Function;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;

/**
 * Whom to tell what happens to heaps. That is an object that does nothing, until Java Flight Recorder starts for the
 * first time in this JVM.
 *
 * <p>Thread-safe.
 */
public final class Recordings {
    private static final OpenHeaps OPEN_HEAPS = new OpenHeaps();

    private static volatile HeapEvents events = new HeapEvents() {};

    static {
        if (ModuleLayer.boot().findModule("jdk.jfr").isPresent()) {
            Start.await();
        }
    }

    private Recordings() {}

    /** {@return whom to tell: ask again each time} */
    public static HeapEvents events() {
        return events;
    }

    /**
     * Has statistics of a heap recorded in regular intervals, until it is closed or unreachable.
     *
     * @param heap the heap, which stays collectable
     * @param stats reads its statistics; must not hold the heap
     */
    public static <T> void opened(T heap, String heapName, Function<T, HeapStats> stats) {
        OPEN_HEAPS.add(heap, heapName, stats);
    }

    /**
     * The start of Flight Recorder. Event classes are loaded then and not before: the first one makes the JVM set up
     * most of Flight Recorder, which takes a tenth of a second.
     */
    private static final class Start implements FlightRecorderListener {
        static void await() {
            FlightRecorder.addListener(new Start());
        }

        @Override
        public void recorderInitialized(FlightRecorder recorder) {
            events = new FlightRecorderEvents();
            FlightRecorder.addPeriodicEvent(HeapStatisticsEvent.class, OPEN_HEAPS::record);
        }
    }
}
