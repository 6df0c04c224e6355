package dev.ashlar.tool.secret;

import dev.ashlar.report.AshlarException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.MemInfo;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.SystemCallException;
import dev.ashlar.stubs.VmStat;
import dev.ashlar.tool.child.Answer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The process of one measurement: allocates and writes secrets of 64 to 512 bytes until all are live, replaces half of
 * them at random, and answers what the kernel counted at both moments. Arguments: kind of memory, number of secrets,
 * seed.
 */
final class SecretProbe {

    /** The note that says why the host refused. */
    static final String REFUSED = "refused";

    static final String BEFORE = "before.";
    static final String AFTER = "after.";
    static final List<String> MOMENTS = List.of("all live", "half replaced");

    private static final int BYTE_SIZE_MIN = 64;
    private static final int BYTE_SIZE_MAX = 512;
    private static final byte CONTENT = 0x5a;
    private static final long PAGE_BYTE_SIZE = 4096;
    private static final AddressRange EVERYTHING = new AddressRange(0, Long.MAX_VALUE);

    private final SecretMemory memory;
    private final int count;
    private final SplittableRandom random;
    private final List<MemorySegment> live = new ArrayList<>();
    private final Map<String, Double> figures = new TreeMap<>();

    private SecretProbe(SecretMemory memory, int count, long seed) {
        this.memory = memory;
        this.count = count;
        this.random = new SplittableRandom(seed);
    }

    /** Measures and answers. */
    public static void main(String[] arguments) {
        try (SecretMemory memory = SecretMemory.Kind.valueOf(arguments[0]).open()) {
            SecretProbe probe =
                    new SecretProbe(memory, Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
            probe.run();
            Answer.write(new Answer(probe.figures, Map.of()));
        } catch (AshlarException | SystemCallException refused) {
            Answer.note(REFUSED, String.valueOf(refused.getMessage()));
        }
    }

    private void run() {
        directMap(BEFORE);
        long start = System.nanoTime();
        grow();
        figures.put("nanos", (double) (System.nanoTime() - start) / count);
        look(MOMENTS.getFirst());
        while (live.size() > count / 2) {
            int victim = random.nextInt(live.size());
            MemorySegment last = live.removeLast();
            memory.free(victim == live.size() ? last : live.set(victim, last));
        }
        grow();
        look(MOMENTS.getLast());
        directMap(AFTER);
        live.forEach(memory::free);
    }

    private void grow() {
        while (live.size() < count) {
            live.add(memory.allocate(random.nextInt(BYTE_SIZE_MIN, BYTE_SIZE_MAX + 1)).fill(CONTENT));
        }
    }

    private void look(String moment) {
        List<Smaps.Area> areas = Smaps.readWithin(List.of(EVERYTHING)).areas().stream()
                .filter(area -> area.mapping().path().startsWith("/secretmem"))
                .toList();
        // A page of such a file is outside the direct map from its first touch to its end: those that are mapped.
        long pageCount = areas.stream().mapToLong(area -> area.bytes("Rss")).sum() / PAGE_BYTE_SIZE;
        figures.put(moment + ".pages", (double) pageCount);
        figures.put(moment + ".mappings", (double) areas.size());
        figures.put(moment + ".live", (double) live.stream().mapToLong(MemorySegment::byteSize).sum());
    }

    /** The kernel's counters of its direct map, for the whole system; which ones exist depends on the kernel. */
    private void directMap(String moment) {
        MemInfo.read().directMap().forEach((name, value) -> figures.put(moment + name, (double) value));
        VmStat.read().counters().forEach((name, value) -> {
            if (name.startsWith("direct_map_")) {
                figures.put(moment + name, (double) value);
            }
        });
    }
}
