package dev.ashlar.tool.replay;

import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.VmStat;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.CodeHeapMemory;
import dev.ashlar.tool.replay.Stopwatch.Lap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Replays a trace in a heap of its own, in three steps.
 *
 * <ol>
 * <li>The measuring pass, in the fresh heap: each time more memory is committed than before, it asks the heap and the
 * kernel ({@link PeakWatch}). It is not timed.
 * <li>The warm-up, so that nothing is timed in the interpreter.
 * <li>The timed passes ({@link Passes}).
 * </ol>
 */
public final class Replay {

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
     * @param progress receives each next step in a few words
     * @throws ReplayTooLargeException if no heap can hold the replay
     * @throws CorruptionException if the replay verifies and the contents of an object are wrong
     * @throws dev.ashlar.report.AshlarException if the host cannot provide what the replay needs
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
            List<Double> nanosPerEvent = new ArrayList<>();
            Lap timed = Lap.NONE;
            int replaysPerPass;
            long committedPeak;
            try (Crew crew = crew(new CodeHeapMemory(heap))) {
                progress.accept("measuring");
                Passes passes = new Passes(crew, (long) trace.eventCount() * options.copies());
                measure(crew, passes, watch, heap);
                committedPeak = watch.committedPeakByteSize();
                progress.accept("warming up");
                passes.warmUp();
                replaysPerPass = passes.replaysPerPass();
                for (int pass = 1; pass <= options.repeat(); pass++) {
                    progress.accept("timed pass " + pass + " of " + options.repeat());
                    Lap lap = passes.timed(heap::audit);
                    nanosPerEvent.add(lap.nanosPerEvent());
                    timed = timed.plus(List.of(lap));
                }
            }
            PeakWatch.Moment peak = watch.peak();
            HeapAudit after = heap.audit();
            return new ReplayResult(
                    trace.file(), trace.eventCount(), trace.allocationCount(), trace.freeCount(), options.threads(),
                    options.copies(), options.repeat(), replaysPerPass, options.write(), options.verify(),
                    Spread.of(nanosPerEvent).median(), watch.livePeakByteSize(), committedPeak, peak.metadataByteSize(),
                    peak.regionCount(), before.vmaCount(), peak.vmaCount(), processVmasBefore, peak.processVmaCount(),
                    heap.stats().mprotectCallCount(), peak.intendedHugeByteSize(), peak.hugeByteSize(),
                    after.pmdSplitCount(), splitsOfSystem() - splitsBefore, peak.backing(),
                    heap.writePath().label(), (double) timed.javaByteSize() / timed.eventCount(),
                    violations(after));
        }
    }

    private Crew crew(BlockMemory memory) {
        List<Worker> workers = new ArrayList<>();
        for (int index = 0; index < options.threads(); index++) {
            workers.add(new Worker(trace, memory, contents(memory), options.copies(), index, options.threads()));
        }
        return new Crew(workers);
    }

    private Contents contents(BlockMemory memory) {
        if (options.verify()) {
            return new Contents.Verified(memory, trace.byteSizeMax());
        }
        return options.write() ? new Contents.Copy(memory, trace.byteSizeMax()) : new Contents.Nothing();
    }

    private static void measure(Crew crew, Passes passes, PeakWatch watch, CodeHeap heap) {
        crew.all(worker -> {
            worker.watchedPass(watch);
            return Lap.NONE;
        });
        heap.audit();
        passes.freeSurvivors();
    }

    private static List<String> violations(HeapAudit audit) {
        List<String> violations = new ArrayList<>(audit.writableAndExecutable());
        violations.addAll(audit.misplaced());
        return violations;
    }

    private static long splitsOfSystem() {
        return VmStat.read().thpSplitPmd().orElse(0);
    }
}
