package dev.ashlar.bench.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All experiments there are. */
final class Catalogue {

    private static final int EVERY_ROUND = Integer.MAX_VALUE;

    private final Extent extent;
    private final List<Experiment> experiments = new ArrayList<>();

    private Catalogue(Extent extent) {
        this.extent = extent;
    }

    static List<Experiment> experiments(Extent extent) {
        Catalogue catalogue = new Catalogue(extent);
        catalogue.pairs();
        return List.copyOf(catalogue.experiments);
    }

    private void pairs() {
        List<Contender> contenders = List.of(Contender.of("ashlar"), Contender.of("mmap+mprotect"));
        for (int byteSize : extent == Extent.QUICK ? new int[] {256} : new int[] {64, 256, 1024}) {
            experiments.add(new Experiment("pair-code-" + byteSize, "CodeHeap: allocate and free " + byteSize + " B",
                    new Task.Jmh("PairBenchmark", Map.of("byteSize", Integer.toString(byteSize)), 1), contenders,
                    List.of(Metric.TIME), EVERY_ROUND));
        }
    }
}
