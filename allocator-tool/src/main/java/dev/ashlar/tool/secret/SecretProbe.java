package dev.ashlar.tool.secret;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.MemInfo;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.VmStat;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.secret.SecretResult.Count;
import dev.ashlar.tool.secret.SecretResult.Sample;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One measurement: allocates and writes secrets until all are live, replaces half of them at random, and gives what the
 * kernel counted at both moments.
 */
record SecretProbe(int round, SecretMemory kind, int count, long seed) implements Supplier<Sample> {

    private static final long PAGE_BYTE_SIZE = 4096;
    private static final AddressRange EVERYTHING = new AddressRange(0, Long.MAX_VALUE);

    @Override
    public Sample get() {
        try (BlockMemory memory = kind.open(count)) {
            LiveBlocks secrets = new LiveBlocks(memory, new Draws(SizeMix.SECRET, count, seed), count, 0);
            Map<String, Long> directMapBefore = directMap();
            long start = System.nanoTime();
            secrets.grow();
            double nanos = (double) (System.nanoTime() - start) / count;
            Count grown = count("all live", secrets);
            secrets.freeHalf(seed);
            secrets.grow();
            return new Sample(round, kind.label(), List.of(grown, count("half replaced", secrets)), nanos,
                    directMapBefore, directMap());
        }
    }

    private static Count count(String when, LiveBlocks secrets) {
        List<Smaps.Area> areas = Smaps.readWithin(List.of(EVERYTHING)).areas().stream()
                .filter(area -> area.mapping().path().startsWith("/secretmem"))
                .toList();
        // Such a page is outside the direct map from its first touch until it is freed: count the mapped ones.
        long pageCount = areas.stream().mapToLong(area -> area.bytes("Rss")).sum() / PAGE_BYTE_SIZE;
        return new Count(when, secrets.liveByteSize(), pageCount, areas.size());
    }

    /** The kernel's counters of its direct map, for the whole system; which ones exist depends on the kernel. */
    private static Map<String, Long> directMap() {
        Map<String, Long> counters = new TreeMap<>(MemInfo.read().directMap());
        VmStat.read().counters().forEach((name, value) -> {
            if (name.startsWith("direct_map_")) {
                counters.put(name, value);
            }
        });
        return counters;
    }
}
