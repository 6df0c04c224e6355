package dev.ashlar.tool.replay;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.VmStat;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.CodeHeapMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Replays a trace in a heap of its own, in three steps.
 *
 * <ol>
 * <li>The measuring pass, in the fresh heap: each time more memory is committed than before, it asks the heap and the
 * kernel ({@link PeakWatch}). It is not timed.
 * <li>The warm-up, so that nothing is timed in the interpreter.
 * <li>The timed passes ({@link Passes}).
 * </ol>
 *
 * @param progress receives each next step in a few words
 */
public record Replay(Trace trace, ReplayOptions options, Consumer<String> progress) {

    /**
     * Replays the trace.
     *
     * @throws CommandException if no heap can hold the replay, or it verifies and finds wrong contents
     * @throws dev.ashlar.report.AshlarException if the host cannot provide what the replay needs
     */
    public ReplayResult run() {
        long splitsBefore = splitsOfSystem();
        try (CodeHeap heap = options.builder(trace).build(); Passes passes = passes(new CodeHeapMemory(heap))) {
            int vmasBefore = heap.audit().vmaCount();
            int processVmasBefore = ProcessMaps.read().count();
            progress.accept("measuring");
            PeakWatch watch = new PeakWatch(heap);
            passes.each(worker -> worker.watchedPass(watch));
            heap.audit();
            passes.each(Worker::freeSurvivors);
            HeapStats peak = watch.peak().stats();
            HeapAudit peakAudit = watch.peak().audit();
            // Of the heap and not of the watch: another thread may have released a region immediately.
            long committedPeak = heap.stats().peakCommittedByteSize();
            progress.accept("warming up");
            passes.warmUp();
            List<Lap> laps = new ArrayList<>();
            for (int pass = 1; pass <= options.repeat(); pass++) {
                progress.accept("timed pass " + pass + " of " + options.repeat());
                laps.add(passes.timed(heap::audit));
            }
            Lap timed = laps.stream().reduce(Lap.NONE, Lap::plus);
            HeapAudit after = heap.audit();
            return new ReplayResult(
                    trace.file(), trace.eventCount(), trace.allocationCount(), trace.freeCount(), options.threads(),
                    options.copies(), options.repeat(), passes.replaysPerPass(), options.write(), options.verify(),
                    Spread.of(laps.stream().map(Lap::nanosPerEvent).toList()).median(), watch.livePeakByteSize(),
                    committedPeak, peak.metadataByteSize(), peakAudit.regions().size(), vmasBefore,
                    peakAudit.vmaCount(), processVmasBefore, watch.peak().processVmaCount(),
                    heap.stats().mprotectCallCount(), peakAudit.intendedHugeByteSize(), peakAudit.hugeByteSize(),
                    after.pmdSplitCount(), splitsOfSystem() - splitsBefore, backings(peak),
                    heap.writePath().label(), (double) timed.javaByteSize() / timed.eventCount(),
                    Stream.concat(after.writableAndExecutable().stream(), after.misplaced().stream()).toList());
        }
    }

    private Passes passes(BlockMemory memory) {
        return new Passes(IntStream.range(0, options.threads())
                .mapToObj(index -> new Worker(trace, memory, new Contents(contents(), memory, trace.byteSizeMax()),
                        options.copies(), index, options.threads()))
                .toList());
    }

    private Contents.Kind contents() {
        if (options.verify()) {
            return Contents.Kind.VERIFIED;
        }
        return options.write() ? Contents.Kind.COPY : Contents.Kind.NOTHING;
    }

    /** {@return the backings that a heap uses, joined by a plus sign} */
    static String backings(HeapStats stats) {
        return Arrays.stream(Backing.values())
                .filter(stats.committedByBacking()::containsKey)
                .map(Backing::label)
                .collect(Collectors.joining("+"));
    }

    private static long splitsOfSystem() {
        return VmStat.read().thpSplitPmd().orElse(0);
    }
}
