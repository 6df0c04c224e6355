package dev.ashlar.bench.designs;

import dev.ashlar.bench.designs.DesignsResult.DesignResult;
import dev.ashlar.bench.designs.DesignsResult.LoadResult;
import dev.ashlar.bench.doctor.Host;
import dev.ashlar.bench.replay.Trace;
import dev.ashlar.memory.Memory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Puts every design through every load: first counted, then timed. */
public final class DesignsRun {

    private final DesignsOptions options;
    private final Consumer<String> progress;

    private DesignsRun(DesignsOptions options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * Runs everything.
     *
     * @param traces traces to run beside the random loads
     * @param progress told what happens next, in a few words
     * @throws dev.ashlar.AshlarException if the host cannot give the memory asked for
     */
    public static DesignsResult run(List<Trace> traces, DesignsOptions options, Consumer<String> progress) {
        return new DesignsRun(options, progress).run(traces);
    }

    private DesignsResult run(List<Trace> traces) {
        List<LoadResult> results = new ArrayList<>();
        traces.forEach(trace -> results.add(result(Loads.of(trace))));
        for (SizeMix mix : SizeMix.values()) {
            for (int liveCount : options.liveCounts()) {
                results.add(result(Loads.replacement(mix, liveCount, options.seed())));
            }
        }
        return new DesignsResult(Host.read(), options.memory().name().toLowerCase(Locale.ROOT), options.seed(),
                options.rounds(), results);
    }

    private LoadResult result(Load load) {
        Map<Design, DesignsResult.Memory> observed = new EnumMap<>(Design.class);
        for (Design design : Design.values()) {
            progress.accept(load.name() + ": counting, " + design.label());
            observed.put(design, Observer.observe(design, load, Ground.of(Memory.SMALL)));
        }
        progress.accept(load.name() + ": timing");
        List<DesignResult> designs = new ArrayList<>();
        try (Race race = new Race(load, observed, options.memory())) {
            race.run(options.rounds());
            observed.forEach((design, memory) -> designs.add(
                    new DesignResult(design.label(), memory, race.times(design))));
        }
        return new LoadResult(load.name(), load.eventCount(), load.peakLiveByteSize(), designs);
    }
}
