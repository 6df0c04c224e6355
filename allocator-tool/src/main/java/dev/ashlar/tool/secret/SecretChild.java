package dev.ashlar.tool.secret;

import dev.ashlar.report.AshlarException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.stubs.SystemCallException;
import dev.ashlar.tool.child.Answer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts one contender through the load, in a process of its own, and answers what the kernel counted. */
final class SecretChild {
    /** What went wrong where the host refused. */
    static final String REFUSED = "refused";

    static final String BEFORE = "before.";
    static final String AFTER = "after.";
    static final List<String> SIGHTS = List.of("all live", "half replaced");

    private static final long PAGE_BYTE_SIZE = 4096;
    private static final AddressRange EVERYTHING = new AddressRange(0, Long.MAX_VALUE);

    private final Map<String, Double> figures = new TreeMap<>();

    private SecretChild() {}

    /** Arguments: a contender, how many secrets, a seed. */
    public static void main(String[] arguments) {
        try {
            SecretChild child = new SecretChild();
            child.run(
                    Contender.valueOf(arguments[0]), Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
            Answer.write(new Answer(child.figures, Map.of()));
        } catch (AshlarException | SystemCallException refused) {
            Answer.note(REFUSED, String.valueOf(refused.getMessage()));
        }
    }

    private void run(Contender contender, int count, long seed) {
        directMap(BEFORE);
        try (Secrets secrets = contender.open()) {
            SecretLoad load = new SecretLoad(secrets, count, seed);
            long start = System.nanoTime();
            load.grow();
            figures.put("nanos", (double) (System.nanoTime() - start) / count);
            look(SIGHTS.getFirst(), load);
            load.freeHalf();
            load.grow();
            look(SIGHTS.getLast(), load);
            directMap(AFTER);
            load.freeAll();
        }
    }

    private void directMap(String moment) {
        DirectMap.read().forEach((name, value) -> figures.put(moment + name, (double) value));
    }

    private void look(String sight, SecretLoad load) {
        List<Smaps.Area> areas = Smaps.readWithin(List.of(EVERYTHING)).areas().stream()
                .filter(area -> area.mapping().path().startsWith("/secretmem"))
                .toList();
        // Pages of such a file are off the kernel's map from their first touch to their end: those that are mapped.
        long pageCount = areas.stream().mapToLong(area -> area.bytes("Rss")).sum() / PAGE_BYTE_SIZE;
        figures.put(sight + ".pages", (double) pageCount);
        figures.put(sight + ".mappings", (double) areas.size());
        figures.put(sight + ".live", (double) load.liveByteSize());
    }
}
