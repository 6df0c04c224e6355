package dev.ashlar.tool.permissions;

import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.VmStat;
import dev.ashlar.tool.permissions.CellFigures.Moment;
import dev.ashlar.tool.permissions.CellFigures.Mprotect;
import dev.ashlar.tool.permissions.CellFigures.Splits;
import dev.ashlar.tool.permissions.CellFigures.Times;
import dev.ashlar.tool.permissions.CellFigures.Work;
import dev.ashlar.tool.permissions.Publisher.Published;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The load over one way: all functions published, half of the publications freed at random, half as many functions
 * published again, then healed. Looked at a hundred times on the way and called in between; times leave both out.
 */
final class Course {

    private static final int LOOK_COUNT = 100;
    private static final int PART_COUNT = 10;

    /** All but one of a stride are timed. */
    private static final int STRIDE_MIN = 10;

    /** At a look every so-many-th live function is called; at the end of each stage all of them. */
    private static final int CALL_STRIDE = 101;

    private final Way way;
    private final Functions functions;
    private final Watch watch;
    private final Publisher publisher;
    private final int stride;
    private final int roundFunctionCount;
    private final SplittableRandom random;
    private final List<Published> live = new ArrayList<>();

    private Timing freeing = Timing.NONE;
    private long publications;
    private long pageRuns;
    private long calls;
    private long wrongResults;

    private Course(Cell cell, Way way, Functions functions, Watch watch, long seed) {
        this.way = way;
        this.functions = functions;
        this.watch = watch;
        this.stride = Math.max(STRIDE_MIN, functions.firstCount() / LOOK_COUNT);
        this.roundFunctionCount = cell.isBatched() ? cell.functionsPerPublication() * cell.openCount() : stride;
        this.publisher = cell.isBatched()
                ? new InRounds(way, functions, watch::look, cell)
                : new OneByOne(way, functions, watch::look, stride);
        this.random = new SplittableRandom(seed);
    }

    /**
     * {@return what was seen}
     *
     * @param way fresh; the caller closes it
     * @param functions none of which lives yet
     * @param seed of who is freed
     * @throws LackingException if the host cannot serve it
     */
    static CellFigures run(Cell cell, Way way, Functions functions, long seed, SystemCalls calls) {
        try (Witness witness = new Witness(way, cell.backing(), functions, calls)) {
            Course course = new Course(cell, way, functions, new Watch(witness::look, way, functions), seed);
            try (Publisher _ = course.publisher) {
                return course.run();
            }
        }
    }

    private CellFigures run() {
        int vmasBefore = ProcessMaps.read().count();
        long thpSplitBefore = VmStat.read().thpSplitPmd().orElse(0);
        long start = System.nanoTime();
        publish(0, functions.firstCount());
        Moment grown = watch.look();
        freeHalf();
        Moment halved = watch.look();
        publish(functions.firstCount(), functions.count());
        Moment refilled = watch.look();
        long runNanos = System.nanoTime() - start;
        long thpSplits = VmStat.read().thpSplitPmd().orElse(0) - thpSplitBefore;
        long loadCalls = way.mprotectCallCount();
        long healStart = System.nanoTime();
        way.heal();
        long healNanos = System.nanoTime() - healStart;
        Moment healed = watch.lookAfterwards();
        call(1);
        Splits splits = new Splits(watch.splits(), watch.splitsPerLifetimeMax(), watch.splitNanos(), runNanos,
                thpSplits, way.books());
        Work work = new Work(functions.count(), freeing.functionCount(), publications, pageRuns, calls, wrongResults);
        Mprotect mprotect =
                new Mprotect(loadCalls, publisher.mprotectCallCount(), way.mprotectCallCount() - loadCalls);
        return new CellFigures(work, mprotect, vmasBefore, grown, halved, refilled,
                healed, watch.throughout(), splits,
                new Times(publisher.timing().nanosPerFunction(), freeing.nanosPerFunction(), healNanos));
    }

    private void publish(int from, int to) {
        // In parts of whole rounds, so that functions are called on the way.
        int part = Math.ceilDiv((to - from) / PART_COUNT + 1, roundFunctionCount) * roundFunctionCount;
        for (int next = from; next < to; next += part) {
            List<Published> published = publisher.publish(next, Math.min(to, next + part));
            for (Published one : published) {
                publications++;
                pageRuns += functions.pageRuns(one.from(), one.to());
            }
            live.addAll(published);
            call(CALL_STRIDE);
        }
        call(1);
    }

    private void freeHalf() {
        int count = live.size() / 2;
        int step = Math.max(1, count * stride / Math.max(1, functions.firstCount() / 2));
        for (int done = 0; done < count; done += step) {
            List<Published> victims = victims(Math.min(step, count - done));
            // Before they go: the look and the calls that follow must not expect them.
            victims.forEach(victim -> {
                for (int function = victim.from(); function < victim.to(); function++) {
                    functions.dies(function);
                }
            });
            long start = System.nanoTime();
            victims.forEach(victim -> victim.publication().free());
            long nanos = System.nanoTime() - start;
            freeing = freeing.plus(nanos, victims.stream().mapToInt(Published::functionCount).sum());
            watch.look();
            call(CALL_STRIDE);
        }
        call(1);
    }

    /** {@return publications picked at random, which are no longer live} */
    private List<Published> victims(int count) {
        List<Published> victims = new ArrayList<>();
        for (int victim = 0; victim < count; victim++) {
            int index = random.nextInt(live.size());
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
