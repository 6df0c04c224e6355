package dev.ashlar.bench.designs;

import dev.ashlar.CodeHeap;
import dev.ashlar.bench.designs.DesignsResult.Time;
import dev.ashlar.bench.rivals.MappingPerFunction;
import dev.ashlar.memory.Memory;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Times all designs on one load in turns, so that what disturbs the machine disturbs all of them. Memory is there
 * before the first event: what a first commit costs belongs to the memory and not to the design. All that write do so
 * to the same kind of memory.
 */
final class Race implements AutoCloseable {

    private static final int THREAD_COUNT = 2;

    /** Threads wait for each other on few blocks as on many, and the slow designs take minutes on many. */
    private static final int TOGETHER_EVENT_COUNT_MAX = 100_000;

    /** Beyond the highest block that was observed: passes after the first start with other regions kept. */
    private static final int SPARE_REGION_COUNT = 4;

    private final Load load;
    private final Memory memory;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Runner> runners = new ArrayList<>();

    Race(Load load, Map<Design, DesignsResult.Memory> observed, Memory memory) {
        this.load = load;
        this.memory = memory;
        long extent = observed.values().stream().mapToLong(DesignsResult.Memory::extentBytes).max().orElse(0);
        MemorySegment code = Arena.ofAuto().allocate(load.byteSizeMax(), Long.BYTES);
        code.fill((byte) 0x90);
        Site.Contents contents = contents(extent, code);
        observed.forEach((design, seen) -> {
            switch (design) {
                case MAPPING_PER_BLOCK -> enterMappings(design, code);
                case BUDDY_AND_SLAB -> enterHeaps(design, seen.peakCommittedBytes(), code);
                default -> enter(design, contents);
            }
        });
    }

    private void enterMappings(Design design, MemorySegment code) {
        MappingPerFunction mappings = new MappingPerFunction(Libc.system());
        Site unwritten = new Site.Mapped(mappings);
        alone(design, "placed", unwritten);
        alone(design, "written", new Site.MappedAndWritten(mappings, code));
        together(design, unwritten);
    }

    private void enterHeaps(Design design, long peakByteSize, MemorySegment source) {
        // Code memory is wiped when it is freed, whoever asks; where nothing is written, memory for data is compared.
        CodePlacement code = keep(CodePlacement.on(Ground.of(memory).withReady(peakByteSize)));
        DataPlacement data = keep(DataPlacement.on(Ground.of(memory).withReady(peakByteSize)));
        DataPlacement shared = keep(DataPlacement.on(Ground.of(memory).withReady(THREAD_COUNT * peakByteSize)));
        alone(design, "placed", new Site.Placed(data));
        alone(design, "written", new Site.Written(code,
                new Site.Contents(code.writableBase(), Long.MAX_VALUE, source)));
        together(design, new Site.Placed(shared));
    }

    private void enter(Design design, Site.Contents contents) {
        PlacementDesign rival = design.on(Ground.of(memory));
        alone(design, "placed", new Site.Placed(rival));
        alone(design, "written", new Site.WrittenAndWiped(rival, contents));
        together(design, new Site.Locked(design.on(Ground.of(memory)), new ReentrantLock()));
    }

    private void alone(Design design, String contents, Site site) {
        Walk walk = Walk.alone(site, load);
        runners.add(new Runner(design, contents, load, walk::pass));
    }

    private void together(Design design, Site site) {
        if (load.eventCount() > TOGETHER_EVENT_COUNT_MAX) {
            return;
        }
        Team team = keep(new Team(site, load, THREAD_COUNT));
        runners.add(new Runner(design, "placed by " + THREAD_COUNT + " threads", load, team::pass));
    }

    /** {@return memory that all rivals write to, of the kind that ours has} */
    private Site.Contents contents(long extent, MemorySegment code) {
        long region = PlacementDesign.REGION_BYTE_SIZE;
        long byteSize = (Math.ceilDiv(extent, region) + SPARE_REGION_COUNT) * region;
        CodeHeap heap = keep(CodeHeap.builder().name("designs").memory(memory).capacity(byteSize).build());
        long address = heap.addresses().allocate(byteSize, region);
        return new Site.Contents(heap.addresses().writable(address), byteSize, code);
    }

    /** Runs everything so many times, and once before that for nothing. */
    void run(int rounds) {
        runners.forEach(Runner::warmUp);
        for (int round = 0; round < rounds; round++) {
            runners.forEach(Runner::round);
        }
    }

    /** {@return the times of one design} */
    List<Time> times(Design design) {
        return runners.stream()
                .filter(runner -> runner.design() == design)
                .flatMap(runner -> runner.times().stream())
                .toList();
    }

    private <T extends AutoCloseable> T keep(T one) {
        open.add(one);
        return one;
    }

    @Override
    public void close() {
        for (AutoCloseable one : open.reversed()) {
            try {
                one.close();
            } catch (Exception failed) {
                throw new IllegalStateException("a rival did not give its memory back", failed);
            }
        }
    }
}
