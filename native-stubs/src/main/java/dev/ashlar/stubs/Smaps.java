package dev.ashlar.stubs;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kernel's accounts of each VMA of this process, from {@code /proc/self/smaps}.
 *
 * <p>Reading it walks every page table of the process (milliseconds on a JVM). Its numbers are per VMA: if a VMA holds
 * several regions, they do not tell which one is split. {@link PagemapScan} does.
 */
public final class Smaps {

    private static final Path FILE = Path.of("/proc/self/smaps");

    private final List<Area> areas;

    private Smaps(List<Area> areas) {
        this.areas = List.copyOf(areas);
    }

    /**
     * One VMA with its accounts.
     *
     * @param mapping the VMA
     * @param accounts bytes by the kernel's names, for example "AnonHugePages"
     * @param flags the two-letter names of VmFlags, for example "ht" for hugetlb, "dc" for not inherited by fork, "sl"
     *     for sealed; see proc_pid_smaps(5)
     */
    public record Area(Mapping mapping, Map<String, Long> accounts, Set<String> flags) {

        /** {@return bytes under the kernel's name, 0 if this kernel has no such line} */
        public long bytes(String name) {
            return accounts.getOrDefault(name, 0L);
        }
    }

    /**
     * Sums over several VMAs, in bytes.
     *
     * @param areaCount VMAs summed
     * @param resident pages present; the kernel leaves hugetlb pages out
     * @param anonHuge anonymous memory mapped by huge pages
     * @param shmemHuge shared memory mapped by huge pages
     * @param fileHuge file memory mapped by huge pages
     * @param hugetlbShared hugetlb pages that another mapping, such as a second view, has as well
     * @param hugetlbPrivate hugetlb pages mapped once
     */
    public record Totals(int areaCount, long byteSize, long resident, long anonHuge, long shmemHuge, long fileHuge,
            long hugetlbShared, long hugetlbPrivate) {

        /** {@return all bytes that are mapped by huge pages of any kind} */
        public long huge() {
            return anonHuge + shmemHuge + fileHuge + hugetlbShared + hugetlbPrivate;
        }
    }

    /** {@return the VMAs that overlap one of the ranges; none if smaps cannot be read} */
    public static Smaps readWithin(Collection<AddressRange> ranges) {
        return parse(KernelFile.parser(FILE), ProcessMaps.overlapping(ranges));
    }

    /**
     * Parses the text of a smaps file.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Smaps parse(String text) {
        return parse(
                new MapsParser(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))), (start, end) -> true);
    }

    public List<Area> areas() {
        return areas;
    }

    /** {@return the sums over all areas of this snapshot; an area that overlaps a range in part counts whole} */
    public Totals totals() {
        return new Totals(areas.size(), areas.stream().mapToLong(area -> area.mapping().byteSize()).sum(),
                sum("Rss"), sum("AnonHugePages"), sum("ShmemPmdMapped"), sum("FilePmdMapped"), sum("Shared_Hugetlb"),
                sum("Private_Hugetlb"));
    }

    private long sum(String name) {
        return areas.stream().mapToLong(area -> area.bytes(name)).sum();
    }

    private static Smaps parse(MapsParser parser, MapsParser.Filter filter) {
        try (parser) {
            List<Area> areas = new ArrayList<>();
            while (!parser.atEnd()) {
                Mapping mapping = parser.header(filter);
                parser.skipLine();
                if (mapping == null) {
                    skipDetails(parser);
                } else {
                    areas.add(area(mapping, parser));
                }
            }
            return new Smaps(areas);
        }
    }

    private static void skipDetails(MapsParser parser) {
        while (!parser.atEnd() && !parser.atHeader()) {
            parser.skipLine();
        }
    }

    private static Area area(Mapping mapping, MapsParser parser) {
        Map<String, Long> accounts = new HashMap<>();
        Set<String> flags = Set.of();
        while (!parser.atEnd() && !parser.atHeader()) {
            String line = parser.line();
            int colon = line.indexOf(':');
            if (line.startsWith("VmFlags:")) {
                flags = Set.copyOf(List.of(line.substring(colon + 1).trim().split(" ", -1)));
            } else if (colon > 0) {
                KernelFile.byteSize(line.substring(colon + 1))
                        .ifPresent(byteSize -> accounts.put(line.substring(0, colon), byteSize));
            }
        }
        return new Area(mapping, Map.copyOf(accounts), flags);
    }
}
