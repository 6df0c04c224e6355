package dev.ashlar.tool.secret;

import dev.ashlar.report.AshlarException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.MemInfo;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.VmStat;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.workload.Draws;
import dev.ashlar.tool.workload.LiveBlocks;
import dev.ashlar.tool.workload.SizeMix;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The process of one measurement: allocates and writes secrets until all are live, replaces half of them at random, and
 * answers what the kernel counted at both moments. Arguments: kind of memory, number of secrets, seed.
 */
final class SecretProbe {

    /** The note that says why the host refused. */
    static final String REFUSED = "refused";

    static final String BEFORE = "before.";
    static final String AFTER = "after.";
    static final List<String> MOMENTS = List.of("all live", "half replaced");

    private static final long PAGE_BYTE_SIZE = 4096;
    private static final AddressRange EVERYTHING = new AddressRange(0, Long.MAX_VALUE);

    private SecretProbe() {}

    /** Measures and answers. */
    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[1]);
        try (BlockMemory memory = SecretMemory.valueOf(arguments[0]).open(count)) {
            long seed = Long.parseLong(arguments[2]);
            LiveBlocks secrets = new LiveBlocks(memory, new Draws(SizeMix.SECRET, count, seed), count, 0);
            Answer.write(new Answer(measure(secrets, seed), Map.of()));
        } catch (AshlarException | MemoryRefusedException refused) {
            Answer.note(REFUSED, String.valueOf(refused.getMessage()));
        }
    }

    private static Map<String, Double> measure(LiveBlocks secrets, long seed) {
        Map<String, Double> figures = new TreeMap<>(directMap(BEFORE));
        long start = System.nanoTime();
        secrets.grow();
        figures.put("nanos", (double) (System.nanoTime() - start) / secrets.count());
        figures.putAll(mapped(MOMENTS.getFirst(), secrets));
        secrets.freeHalf(seed);
        secrets.grow();
        figures.putAll(mapped(MOMENTS.getLast(), secrets));
        figures.putAll(directMap(AFTER));
        return figures;
    }

    private static Map<String, Double> mapped(String moment, LiveBlocks secrets) {
        List<Smaps.Area> areas = Smaps.readWithin(List.of(EVERYTHING)).areas().stream()
                .filter(area -> area.mapping().path().startsWith("/secretmem"))
                .toList();
        // Such a page is outside the direct map from its first touch until it is freed: count the mapped ones.
        long pageCount = areas.stream().mapToLong(area -> area.bytes("Rss")).sum() / PAGE_BYTE_SIZE;
        return Map.of(moment + ".pages", (double) pageCount, moment + ".mappings", (double) areas.size(),
                moment + ".live", (double) secrets.liveByteSize());
    }

    /** The kernel's counters of its direct map, for the whole system; which ones exist depends on the kernel. */
    private static Map<String, Double> directMap(String moment) {
        Map<String, Double> figures = new TreeMap<>();
        MemInfo.read().directMap().forEach((name, value) -> figures.put(moment + name, (double) value));
        VmStat.read().counters().forEach((name, value) -> {
            if (name.startsWith("direct_map_")) {
                figures.put(moment + name, (double) value);
            }
        });
        return figures;
    }
}
