package dev.ashlar.bench.designs;

import dev.ashlar.CodeHeap;
import dev.ashlar.bench.designs.DesignsResult.Time;
import dev.ashlar.bench.designs.Load.Section;
import dev.ashlar.bench.rivals.MappingPerFunction;
import dev.ashlar.bench.rivals.RivalException;
import dev.ashlar.memory.Memory;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Times all designs on one load in turns, so that what disturbs the machine disturbs all of them. Memory is there before
 * the first event: what a first commit costs belongs to the memory and not to the design. All that write do so to the
 * same kind of memory.
 */
final class Race implements AutoCloseable {

    /** A pass is repeated within a round until so many events have run: less would measure the clock. */
    private static final int ROUND_EVENT_COUNT = 100_000;

    /** Beyond the highest block that was observed: passes after the first start with other regions kept. */
    private static final int SPARE_REGION_COUNT = 4;

    private final Load load;
    private final int rounds;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<Design, Runner> placed = new EnumMap<>(Design.class);
    private final Map<Design, Runner> written = new EnumMap<>(Design.class);

    Race(Load load, Map<Design, DesignsResult.Memory> observed, Memory memory, int rounds) {
        this.load = load;
        this.rounds = rounds;
        long extent = observed.values().stream().mapToLong(DesignsResult.Memory::extentBytes).max().orElse(0);
        MemorySegment code = Arena.ofAuto().allocate(load.byteSizeMax(), Long.BYTES);
        code.fill((byte) 0x90);
        Site.Contents contents = contents(extent, memory, code);
        MappingPerFunction mappings = new MappingPerFunction(Libc.system());
        observed.forEach((design, seen) -> {
            switch (design) {
                case MAPPING_PER_BLOCK -> {
                    placed.put(design, new Runner(new Site.Mapped(mappings)));
                    written.put(design, new Runner(new Site.MappedAndWritten(mappings, code)));
                }
                case BUDDY_AND_SLAB -> {
                    HeapPlacement heap = HeapPlacement.on(Ground.of(memory).withReady(seen.peakCommittedBytes()));
                    open.add(heap);
                    placed.put(design, new Runner(new Site.Placed(heap)));
                    written.put(design, new Runner(new Site.Written(heap,
                            new Site.Contents(heap.writableBase(), Long.MAX_VALUE, code))));
                }
                default -> {
                    PlacementDesign rival = design.on(Ground.of(memory));
                    placed.put(design, new Runner(new Site.Placed(rival)));
                    written.put(design, new Runner(new Site.WrittenAndWiped(rival, contents)));
                }
            }
        });
    }

    private Site.Contents contents(long extent, Memory memory, MemorySegment code) {
        long byteSize = Math.ceilDiv(extent, PlacementDesign.REGION_BYTE_SIZE) * PlacementDesign.REGION_BYTE_SIZE
                + (long) SPARE_REGION_COUNT * PlacementDesign.REGION_BYTE_SIZE;
        CodeHeap heap = CodeHeap.builder().name("designs").memory(memory).capacity(byteSize).build();
        open.add(heap);
        long address = heap.addresses().allocate(byteSize, PlacementDesign.REGION_BYTE_SIZE);
        return new Site.Contents(heap.addresses().writable(address), byteSize, code);
    }

    /** {@return the times of every design} */
    Map<Design, List<Time>> run() {
        placed.values().forEach(Runner::warmUp);
        written.values().forEach(Runner::warmUp);
        for (int round = 0; round < rounds; round++) {
            placed.values().forEach(Runner::round);
            written.values().forEach(Runner::round);
        }
        Map<Design, List<Time>> times = new EnumMap<>(Design.class);
        for (Design design : placed.keySet()) {
            List<Time> both = new ArrayList<>();
            both.addAll(runner(placed, design).times("placed"));
            both.addAll(runner(written, design).times("written"));
            times.put(design, both);
        }
        return times;
    }

    @SuppressWarnings("NullAway") // Both maps have the same keys.
    private static Runner runner(Map<Design, Runner> runners, Design design) {
        return runners.get(design);
    }

    @Override
    public void close() {
        open.reversed().forEach(Race::close);
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception failed) {
            throw new IllegalStateException("a rival did not give its memory back", failed);
        }
    }

    /** One site's rounds. */
    private final class Runner {

        private final Site site;
        private final Walk walk;
        private final List<long[]> nanosByRound = new ArrayList<>();
        private Optional<String> refusal = Optional.empty();

        Runner(Site site) {
            this.site = site;
            this.walk = new Walk(site, load);
        }

        /** Not for the kernel's mappings: they do not get faster, and take seconds. */
        void warmUp() {
            if (!(site instanceof Site.Mapped) && !(site instanceof Site.MappedAndWritten)) {
                round();
                nanosByRound.clear();
            }
        }

        void round() {
            long[] sum = new long[load.sections().size()];
            try {
                for (int pass = 0; pass < passCount(); pass++) {
                    long[] nanos = walk.pass();
                    Arrays.setAll(sum, section -> sum[section] + nanos[section]);
                }
                nanosByRound.add(sum);
            } catch (RivalException refused) {
                refusal = Optional.of(String.valueOf(refused.getMessage()));
            }
        }

        List<Time> times(String contents) {
            List<Time> times = new ArrayList<>();
            for (int index = 0; index < load.sections().size(); index++) {
                Section section = load.sections().get(index);
                int at = index;
                double events = (double) passCount() * (section.to() - section.from());
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

    private int passCount() {
        return Math.max(1, ROUND_EVENT_COUNT / load.eventCount());
    }
}
