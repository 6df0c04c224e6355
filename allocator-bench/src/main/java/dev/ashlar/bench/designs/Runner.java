package dev.ashlar.bench.designs;

import dev.ashlar.bench.designs.DesignsResult.Time;
import dev.ashlar.bench.designs.Load.Section;
import dev.ashlar.bench.rivals.RivalException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** One design's turns in a race, in one way of doing it. */
final class Runner {

    /** A pass is repeated within a round until so many events have run: less would measure the clock. */
    private static final int ROUND_EVENT_COUNT = 100_000;

    /** The same where every event is a system call, of microseconds. */
    private static final int ROUND_CALL_COUNT = 2_000;

    /** For traces of a few events: starting the threads costs more than such a pass. */
    private static final int PASS_COUNT_MAX = 200;

    /** Whatever takes so long is no longer in the interpreter, and minutes would be spent on the slowest. */
    private static final long LONG_ROUND_NANOS = 700_000_000L;

    private final Design design;
    private final String contents;
    private final Load load;
    private final Supplier<long[]> pass;
    private final int passCount;
    private final List<long[]> nanosByRound = new ArrayList<>();
    private boolean done;
    private Optional<String> refusal = Optional.empty();

    /**
     * A runner that has not run yet.
     *
     * @param pass goes through the load once and returns nanoseconds by section
     */
    Runner(Design design, String contents, Load load, Supplier<long[]> pass) {
        this.design = design;
        this.contents = contents;
        this.load = load;
        this.pass = pass;
        int wanted = design == Design.MAPPING_PER_BLOCK ? ROUND_CALL_COUNT : ROUND_EVENT_COUNT;
        this.passCount = Math.clamp(wanted / load.eventCount(), 1, PASS_COUNT_MAX);
    }

    Design design() {
        return design;
    }

    /** Runs a round for nothing, so that it is compiled code that is timed; a long one counts, and is the only one. */
    void warmUp() {
        round();
        long took = nanosByRound.stream().flatMapToLong(LongStream::of).sum();
        done = took > LONG_ROUND_NANOS;
        if (!done) {
            nanosByRound.clear();
        }
    }

    void round() {
        if (done || refusal.isPresent()) {
            return;
        }
        long[] sum = new long[load.sections().size()];
        try {
            for (int repeat = 0; repeat < passCount; repeat++) {
                long[] nanos = pass.get();
                Arrays.setAll(sum, section -> sum[section] + nanos[section]);
            }
            nanosByRound.add(sum);
        } catch (RivalException refused) {
            // What it holds by then stays until the process ends.
            refusal = Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    List<Time> times() {
        List<Time> times = new ArrayList<>();
        for (int index = 0; index < load.sections().size(); index++) {
            Section section = load.sections().get(index);
            int at = index;
            double events = (double) passCount * (section.to() - section.from());
            double[] sorted = nanosByRound.stream().mapToDouble(nanos -> nanos[at] / events).sorted().toArray();
            times.add(new Time(section.name(), contents, pick(sorted, sorted.length / 2), pick(sorted, 0),
                    pick(sorted, sorted.length - 1), refusal));
        }
        return times;
    }

    private Optional<Double> pick(double[] sorted, int index) {
        return refusal.isPresent() ? Optional.empty() : Optional.of(sorted[index]);
    }
}
