package dev.ashlar.tool.mappings;

import dev.ashlar.memory.Backing;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.PagemapScan;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.VmStat;
import dev.ashlar.tool.mappings.CellFigures.Books;
import dev.ashlar.tool.mappings.CellFigures.Moment;
import dev.ashlar.tool.mappings.CellFigures.Mprotect;
import dev.ashlar.tool.mappings.CellFigures.Splits;
import dev.ashlar.tool.mappings.CellFigures.Times;
import dev.ashlar.tool.mappings.CellFigures.Work;
import dev.ashlar.tool.mappings.Publisher.Published;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Runs functions over a publish method: publishes all, frees half of the publications, publishes the refill, heals, and
 * frees everything. It looks at the kernel's tables and calls functions in between; the times include neither.
 */
final class Workload {

    private static final int PART_COUNT = 10;

    /** Of each stride, all functions but one are timed. */
    private static final int STRIDE_MIN = 10;

    /** At a look, call every 101st live function; at the end of a stage, call all of them. */
    private static final int CALL_STRIDE = 101;

    private final PublishMethod method;
    private final Functions functions;
    private final Plan plan;
    private final KernelProbe probe;
    private final SnapshotTotals totals = new SnapshotTotals();
    private final Publisher publisher;
    private final Runnable stageEnd;
    private final int stride;
    private final SplittableRandom random;
    private final List<Published> live = new ArrayList<>();

    private long freeNanos;
    private long functionsFreed;
    private long publications;
    private long pageRuns;
    private long calls;
    private long wrongResults;

    /** The half of the publications that is freed. */
    enum Victims { RANDOM, EVERY_OTHER }

    /**
     * The form of a workload.
     *
     * @param openCount publications open at once, each on its own thread; 0 for one by one on the calling thread
     * @param lookCount about how often each stage is looked at
     * @param seed of the choice of victims
     */
    record Plan(int functionsPerPublication, int openCount, int lookCount, Victims victims, long seed) {}

    private Workload(Plan plan, PublishMethod method, Functions functions, KernelProbe probe,
            Runnable stageEnd) {
        this.plan = plan;
        this.method = method;
        this.functions = functions;
        this.probe = probe;
        this.stageEnd = stageEnd;
        this.stride = Math.max(STRIDE_MIN, functions.firstCount() / plan.lookCount);
        this.random = new SplittableRandom(plan.seed);
        this.publisher = new Publisher(plan, method, functions, this::look, stride);
    }

    /**
     * Runs a workload.
     *
     * @param method without live functions; the caller closes it
     * @param backing where the method's memory comes from
     * @param functions none of which is live
     * @param stageEnd called when all functions of the first growth are live, and when half of them were freed
     */
    static CellFigures run(Plan plan, PublishMethod method, Backing backing, Functions functions,
            Runnable stageEnd) {
        Optional<PagemapScan> scan = PagemapScan.open(Libc.system());
        try (KernelProbe probe = new KernelProbe(method.views(), backing, functions, scan)) {
            Workload workload = new Workload(plan, method, functions, probe, stageEnd);
            try (Publisher _ = workload.publisher) {
                return workload.run();
            }
        }
    }

    private Moment look() {
        Snapshot snapshot = probe.look();
        totals.add(snapshot);
        return moment(snapshot);
    }

    private Moment moment(Snapshot snapshot) {
        return snapshot.moment(method.committedByteSize(functions), functions.liveByteSize());
    }

    private CellFigures run() {
        int vmasBefore = ProcessMaps.read().count();
        long mprotectBefore = method.mprotectCallCount();
        long thpSplitBefore = VmStat.read().thpSplitPmd().orElse(0);
        long start = System.nanoTime();
        publish(0, functions.firstCount());
        Moment grown = look();
        stageEnd.run();
        freeHalf();
        Moment halved = look();
        stageEnd.run();
        publish(functions.firstCount(), functions.count());
        Moment refilled = look();
        long runNanos = System.nanoTime() - start;
        long thpSplits = VmStat.read().thpSplitPmd().orElse(0) - thpSplitBefore;
        long loadCalls = method.mprotectCallCount() - mprotectBefore;
        long healStart = System.nanoTime();
        method.heal();
        long healNanos = System.nanoTime() - healStart;
        Moment healed = moment(probe.look());
        call(1);
        long healCalls = method.mprotectCallCount() - mprotectBefore - loadCalls;
        Splits splits = totals.splits(runNanos, thpSplits, method.ledger().map(Books::of).orElse(null));
        Work work = new Work(functions.count(), functionsFreed, publications, pageRuns, calls, wrongResults);
        double nanosPerFree = functionsFreed == 0 ? 0 : (double) freeNanos / functionsFreed;
        free(live);
        return new CellFigures(work, new Mprotect(loadCalls, publisher.mprotectCallCount(), healCalls), vmasBefore,
                grown, halved, refilled, healed, ProcessMaps.read().count(), totals.throughout(), splits,
                new Times(publisher.nanosPerFunction(), nanosPerFree, healNanos));
    }

    private void publish(int from, int to) {
        // In parts of whole rounds, so that functions are called in between.
        int round = Math.max(stride, plan.functionsPerPublication * plan.openCount);
        int part = Math.ceilDiv((to - from) / PART_COUNT + 1, round) * round;
        for (int next = from; next < to; next += part) {
            List<Published> published = publisher.publish(next, Math.min(to, next + part));
            publications += published.size();
            pageRuns += published.stream().mapToInt(one -> functions.pageRuns(one.from(), one.to())).sum();
            live.addAll(published);
            call(CALL_STRIDE);
        }
        call(1);
    }

    private void freeHalf() {
        List<Published> victims = victims();
        int step = Math.max(1, victims.size() * stride / Math.max(1, functions.firstCount() / 2));
        for (int from = 0; from < victims.size(); from += step) {
            List<Published> part = victims.subList(from, Math.min(victims.size(), from + step));
            freeNanos += free(part);
            functionsFreed += part.stream().mapToInt(Published::functionCount).sum();
            look();
            call(CALL_STRIDE);
        }
        call(1);
    }

    /** Frees publications. Returns the time for this alone. */
    private long free(List<Published> victims) {
        for (Published victim : victims) {
            IntStream.range(victim.from(), victim.to()).forEach(functions::remove);
        }
        long start = System.nanoTime();
        victims.forEach(victim -> victim.publication().free());
        return System.nanoTime() - start;
    }

    /** {@return half of the publications, which are no longer in {@link #live}} */
    private List<Published> victims() {
        List<Published> victims = new ArrayList<>();
        for (int victim = live.size() / 2 - 1; victim >= 0; victim--) {
            int index = plan.victims == Victims.RANDOM ? random.nextInt(live.size()) : 2 * victim + 1;
            victims.add(live.get(index));
            Published last = live.removeLast();
            if (index < live.size()) {
                live.set(index, last);
            }
        }
        return victims;
    }

    private void call(int step) {
        Functions.Calls called = functions.call(step);
        calls += called.count();
        wrongResults += called.wrong();
    }
}
