package dev.ashlar.stubs;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The virtual memory areas of this process, from {@code /proc/self/maps}: an immutable snapshot in the order of
 * addresses.
 *
 * <p>The kernel returns the file a few KiB at a time and lets other threads map memory in between. Each line is right,
 * but two lines may be from different moments. So a gap found here is a hint, to be claimed with MAP_FIXED_NOREPLACE.
 */
public final class ProcessMaps {

    private static final Path FILE = Path.of("/proc/self/maps");

    private final List<Mapping> mappings;

    private ProcessMaps(List<Mapping> mappings) {
        this.mappings = List.copyOf(mappings);
    }

    /** {@return the whole map; empty if /proc is not mounted} */
    public static ProcessMaps read() {
        return parse(KernelFile.parser(FILE), (start, end) -> true);
    }

    /** {@return only the mappings that overlap one of the ranges; others are skipped without being parsed} */
    public static ProcessMaps readWithin(Collection<AddressRange> ranges) {
        return parse(KernelFile.parser(FILE), overlapping(ranges));
    }

    /**
     * {@return only the mappings that overlap one of the ranges} The kernel is asked for these alone if it can (Linux
     * 6.11): then the cost does not grow with the other mappings of the process.
     */
    public static ProcessMaps readWithin(SystemCalls calls, Collection<AddressRange> ranges) {
        Optional<ProcmapQuery> opened = ProcmapQuery.open(calls);
        if (opened.isPresent()) {
            try (ProcmapQuery query = opened.get()) {
                Optional<List<Mapping>> found = query.within(ranges);
                if (found.isPresent()) {
                    return new ProcessMaps(found.get());
                }
            }
        }
        return readWithin(ranges);
    }

    /**
     * {@return whether the kernel says quickly that the process has more mappings than {@code limit}} If the kernel
     * cannot (before Linux 6.11), the answer is false.
     */
    public static boolean countExceeds(SystemCalls calls, int limit) {
        Optional<ProcmapQuery> opened = ProcmapQuery.open(calls);
        if (opened.isEmpty()) {
            return false;
        }
        try (ProcmapQuery query = opened.get()) {
            return query.hasMoreThan(limit);
        }
    }

    /**
     * Parses the text of a maps file.
     *
     * @throws IllegalArgumentException if a line is not one of a maps file
     */
    public static ProcessMaps parse(String text) {
        return parse(
                new MapsParser(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))), (start, end) -> true);
    }

    public List<Mapping> mappings() {
        return mappings;
    }

    public int count() {
        return mappings.size();
    }

    /** {@return the mappings of this snapshot that overlap one of the ranges} */
    public List<Mapping> within(Collection<AddressRange> ranges) {
        MapsParser.Filter filter = overlapping(ranges);
        return mappings.stream().filter(mapping -> filter.wants(mapping.start(), mapping.end())).toList();
    }

    /** {@return the unmapped address ranges inside {@code window}, in order} */
    public List<AddressRange> gaps(AddressRange window) {
        List<AddressRange> gaps = new ArrayList<>();
        long freeFrom = window.start();
        for (Mapping mapping : mappings) {
            if (!window.overlaps(mapping.start(), mapping.end())) {
                continue;
            }
            if (Long.compareUnsigned(freeFrom, mapping.start()) < 0) {
                gaps.add(new AddressRange(freeFrom, mapping.start()));
            }
            freeFrom = mapping.end();
        }
        if (Long.compareUnsigned(freeFrom, window.end()) < 0) {
            gaps.add(new AddressRange(freeFrom, window.end()));
        }
        return gaps;
    }

    static MapsParser.Filter overlapping(Collection<AddressRange> ranges) {
        AddressRange[] wanted = ranges.toArray(AddressRange[]::new);
        return (start, end) -> {
            for (AddressRange range : wanted) {
                if (range.overlaps(start, end)) {
                    return true;
                }
            }
            return false;
        };
    }

    private static ProcessMaps parse(MapsParser lines, MapsParser.Filter filter) {
        try (lines) {
            List<Mapping> mappings = new ArrayList<>();
            lines.forEach(filter, mappings::add);
            return new ProcessMaps(mappings);
        }
    }
}
