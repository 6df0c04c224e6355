package dev.ashlar.bench.replay;

import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.HeapAudit;
import dev.ashlar.bench.replay.Stopwatch.Lap;
import dev.ashlar.bench.rivals.CodeMemory;
import dev.ashlar.bench.rivals.HeapMemory;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.VmStat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Replays a trace in a heap of its own.
 *
 * <ol>
 * <li>The measuring pass, in the fresh heap: every event is watched, and whenever more memory is committed than before
 * the heap and the kernel are asked ({@link PeakWatch}). Not timed.
 * <li>Warm-up, so that nothing is timed in the interpreter: the trace is replayed until {@value #WARM_UP_EVENT_COUNT}
 * events have run on each thread (at most {@value #REPLAY_COUNT_MAX} times, at least once), and then until several
 * replays in a row have made hardly any garbage, which code that is not yet compiled does make; two seconds at most.
 * <li>The timed passes. One pass replays a short trace several times, until {@value #PASS_EVENT_COUNT} events have run
 * on each thread, because a pass of microseconds measures the clock.
 * </ol>
 *
 * <p>Objects that the trace never frees are freed between passes, outside what is timed, by the thread that allocated
 * them.
 */
public final class Replay {

    private static final long WARM_UP_EVENT_COUNT = 400_000;
    private static final long PASS_EVENT_COUNT = 50_000;
    /** Replays in a row with hardly any garbage: the sign that the compiler is done. */
    private static final int WARM_REPLAY_COUNT = 5;
    /** Beyond a byte an event: a heap that fills and empties may make an object or two of its own each time. */
    private static final long QUIET_BYTE_SIZE_MAX = 1024;
    private static final long WARM_UP_NANOS_MAX = 2_000_000_000L;
    /** For traces of a few events: starting the threads costs more than such a replay. */
    private static final long REPLAY_COUNT_MAX = 4_000;

    private final Trace trace;
    private final ReplayOptions options;
    private final Consumer<String> progress;

    private Replay(Trace trace, ReplayOptions options, Consumer<String> progress) {
        this.trace = trace;
        this.options = options;
        this.progress = progress;
    }

    /**
     * Replays a trace.
     *
     * @param progress told what happens next, in a few words
     * @throws ReplayTooLargeException if no heap can hold the replay
     * @throws CorruptionException if the replay verifies and an object's contents are not its own
     * @throws dev.ashlar.AshlarException if the host cannot give what the replay needs
     */
    public static ReplayResult run(Trace trace, ReplayOptions options, Consumer<String> progress) {
        return new Replay(trace, options, progress).run();
    }

    private ReplayResult run() {
        CodeHeapBuilder builder = CodeHeap.builder()
                .name("replay")
                .capacity(ReplayCapacity.of(trace, options))
                .memory(options.memory());
        WritePath demanded = options.writePath();
        if (demanded != null) {
            builder.writePath(demanded);
        }
        long splitsBefore = splitsOfSystem();
        try (CodeHeap heap = builder.build()) {
            HeapAudit before = heap.audit();
            int processVmasBefore = ProcessMaps.read().count();
            PeakWatch watch = new PeakWatch(heap);
            double[] nanosPerEvent = new double[options.repeat()];
            Lap timed = Lap.NONE;
            long committedPeak;
            try (Crew crew = crew(new HeapMemory(heap))) {
                progress.accept("measuring");
                measure(crew, watch, heap);
                committedPeak = watch.committedPeakByteSize();
                progress.accept("warming up");
                warmUp(crew);
                for (int pass = 0; pass < nanosPerEvent.length; pass++) {
                    progress.accept("timed pass " + (pass + 1) + " of " + nanosPerEvent.length);
                    Lap lap = repeat(crew, replays(PASS_EVENT_COUNT), heap::audit);
                    nanosPerEvent[pass] = lap.nanosPerEvent();
                    timed = timed.plus(List.of(lap));
                }
            }
            PeakWatch.Moment peak = watch.peak();
            HeapAudit after = heap.audit();
            return new ReplayResult(
                    trace.file(), trace.eventCount(), trace.allocationCount(), trace.freeCount(), options.threads(),
                    options.copies(), options.repeat(), replays(PASS_EVENT_COUNT), options.write(), options.verify(),
                    median(nanosPerEvent), watch.livePeakByteSize(), committedPeak, peak.metadataByteSize(),
                    peak.regionCount(), before.vmaCount(), peak.vmaCount(), processVmasBefore, peak.processVmaCount(),
                    heap.stats().mprotectCallCount(), peak.intendedHugeByteSize(), peak.hugeByteSize(),
                    after.pmdSplitCount(), splitsOfSystem() - splitsBefore, peak.backing(),
                    heap.report().writePath().label(), (double) timed.javaByteSize() / timed.eventCount(),
                    violations(after));
        }
    }

    private Crew crew(CodeMemory memory) {
        List<Worker> workers = new ArrayList<>();
        for (int index = 0; index < options.threads(); index++) {
            workers.add(new Worker(trace, memory, contents(memory), options.copies(), index, options.threads()));
        }
        return new Crew(workers);
    }

    private Contents contents(CodeMemory memory) {
        if (options.verify()) {
            return new Contents.Verified(memory, trace.byteSizeMax());
        }
        return options.write() ? new Contents.Copy(memory, trace.byteSizeMax()) : new Contents.Nothing();
    }

    private static void measure(Crew crew, PeakWatch watch, CodeHeap heap) {
        crew.all(worker -> {
            worker.watchedPass(watch);
            return Lap.NONE;
        });
        heap.audit();
        freeSurvivors(crew);
    }

    /**
     * {@return time and garbage of a number of replays on all threads, the frees of survivors left out}
     *
     * @param look called before the last of those frees: a region split meanwhile is still there to be found
     */
    private static Lap repeat(Crew crew, int replays, Runnable look) {
        Lap sum = Lap.NONE;
        for (int replay = 0; replay < replays; replay++) {
            sum = sum.plus(crew.all(Stopwatch::pass));
            if (replay == replays - 1) {
                look.run();
            }
            freeSurvivors(crew);
        }
        return sum;
    }

    private static void doNotLook() {
        // While warming up.
    }

    private void warmUp(Crew crew) {
        repeat(crew, replays(WARM_UP_EVENT_COUNT), Replay::doNotLook);
        long start = System.nanoTime();
        int quiet = 0;
        while (quiet < WARM_REPLAY_COUNT && System.nanoTime() - start < WARM_UP_NANOS_MAX) {
            Lap lap = repeat(crew, 1, Replay::doNotLook);
            quiet = lap.javaByteSize() < lap.eventCount() + QUIET_BYTE_SIZE_MAX ? quiet + 1 : 0;
        }
    }

    private static void freeSurvivors(Crew crew) {
        crew.all(worker -> {
            worker.freeSurvivors();
            return Lap.NONE;
        });
    }

    private int replays(long eventCount) {
        long eventsPerReplay = (long) trace.eventCount() * options.copies();
        return (int) Math.clamp(Math.ceilDiv(eventCount, eventsPerReplay), 1, REPLAY_COUNT_MAX);
    }

    private static List<String> violations(HeapAudit audit) {
        List<String> violations = new ArrayList<>(audit.writableAndExecutable());
        violations.addAll(audit.misplaced());
        return violations;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static long splitsOfSystem() {
        return VmStat.read().thpSplitPmd().orElse(0);
    }
}
