package dev.ashlar.region;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.Vacancy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Chooses the address of a view and reserves it: anywhere, or within a {@link Reach}.
 *
 * <p>Bases are drawn at random, so that the distance between the two views of a span cannot be guessed from one of
 * them. If a draw hits an existing mapping, the kernel refuses it (MAP_FIXED_NOREPLACE, Linux 4.17) and another is
 * drawn.
 */
final class Placement {
    private static final int ATTEMPT_COUNT = 16;
    private static final long LOWEST_BASE = 1L << 32;
    private static final long NONE = -1;
    /**
     * The window for views that need not be near anything. It avoids libraries and stacks, which the kernel places at
     * the top.
     */
    private static final long HIGHEST_END = 0x7ff0_0000_0000L;
    /** Space to leave free above the program break and below the main stack, which both grow into unmapped space. */
    private static final long GROWTH_MARGIN = 256L << 20;

    private final SystemCalls calls;
    private final AddressSpace space;
    private final SecureRandom random = new SecureRandom();

    Placement(SystemCalls calls, AddressSpace space) {
        this.calls = calls;
        this.space = space;
    }

    /** {@return how many bases there are to draw from if a view may lie anywhere} */
    static long placeCount(long byteSize) {
        return (HIGHEST_END - byteSize - LOWEST_BASE) / Region.BYTE_SIZE;
    }

    /**
     * Reserves anywhere.
     *
     * @return the base, a multiple of 2 MiB, or {@code -errno}
     */
    long reserveAnywhere(long byteSize) {
        long slots = placeCount(byteSize);
        for (int attempt = 0; attempt < ATTEMPT_COUNT; attempt++) {
            long base = LOWEST_BASE + random.nextLong(slots) * Region.BYTE_SIZE;
            long reserved = claim(base, byteSize);
            if (reserved == base) {
                return base;
            }
            if (reserved != -Errno.EEXIST) {
                break;
            }
        }
        // The address space is smaller than expected, or limited: let the kernel choose, or fail with its error.
        return reserveWhereTheKernelLikes(byteSize);
    }

    private long reserveWhereTheKernelLikes(long byteSize) {
        long raw = space.reserve(0, byteSize + Region.BYTE_SIZE, 0);
        if (Errno.isFailure(raw)) {
            return raw;
        }
        long base = Region.roundUp(raw);
        space.cut(base, byteSize);
        return base;
    }

    /**
     * Reserves a view that lies within reach as a whole.
     *
     * @return the base, {@code -errno}, or 0 if no gap there is large enough
     */
    long reserve(Reach reach, long byteSize) {
        if (reach.equals(Reach.ANYWHERE)) {
            return reserveAnywhere(byteSize);
        }
        if (!reach.holds(byteSize)) {
            return 0;
        }
        long base = reserveAtRandom(reach.start(), reach.end() - byteSize, byteSize);
        return base != 0 ? base : reserveInGap(new AddressRange(reach.start(), reach.end()), byteSize);
    }

    /**
     * Tries some bases at random, which costs little however many mappings the process has.
     *
     * @return as {@link #reserve}, and 0 if none was free
     */
    private long reserveAtRandom(long lowestBase, long highestBase, long byteSize) {
        Optional<Vacancy> opened = Vacancy.open(calls);
        if (opened.isEmpty()) {
            return 0;
        }
        try (Vacancy vacancy = opened.get()) {
            long first = Region.roundUp(lowestBase);
            long placeCount = (Region.roundDown(highestBase) - first) / Region.BYTE_SIZE + 1;
            for (int attempt = 0; attempt < ATTEMPT_COUNT && placeCount > 0; attempt++) {
                long base = first + random.nextLong(placeCount) * Region.BYTE_SIZE;
                if (vacancy.isVacant(AddressRange.ofSize(base, byteSize), GROWTH_MARGIN)) {
                    long reserved = claim(base, byteSize);
                    if (reserved != -Errno.EEXIST) {
                        return reserved;
                    }
                }
            }
            return 0;
        }
    }

    /** Works as {@link #reserve}, from a list of all gaps. */
    private long reserveInGap(AddressRange window, long byteSize) {
        for (int attempt = 0; attempt < ATTEMPT_COUNT; attempt++) {
            long base = drawFrom(rooms(ProcessMaps.readWithin(calls, List.of(window)), window, byteSize));
            if (base == 0) {
                return 0;
            }
            long reserved = claim(base, byteSize);
            if (reserved != -Errno.EEXIST) {
                return reserved;
            }
        }
        return 0;
    }

    /** {@return bytes of the largest view that can lie within reach} */
    long largestRoom(Reach reach) {
        if (!reach.holds(Region.BYTE_SIZE)) {
            return 0;
        }
        AddressRange window = new AddressRange(reach.start(), reach.end());
        return rooms(ProcessMaps.readWithin(calls, List.of(window)), window, Region.BYTE_SIZE).stream()
                .mapToLong(room -> room.byteSize() + Region.BYTE_SIZE)
                .max()
                .orElse(0);
    }

    /** Ranges of possible bases: each start is aligned, each end is the last possible base. */
    static List<AddressRange> rooms(ProcessMaps maps, AddressRange window, long byteSize) {
        long programBreak = edge(maps, "[heap]", Mapping::end);
        long stackStart = edge(maps, "[stack]", Mapping::start);
        List<AddressRange> rooms = new ArrayList<>();
        for (AddressRange gap : maps.gaps(window)) {
            long start = gap.start() + (gap.start() == programBreak ? GROWTH_MARGIN : 0);
            long end = gap.end() - (gap.end() == stackStart ? GROWTH_MARGIN : 0);
            long firstBase = Region.roundUp(start);
            long lastBase = Region.roundDown(end - byteSize);
            if (firstBase <= lastBase) {
                rooms.add(new AddressRange(firstBase, lastBase));
            }
        }
        return rooms;
    }

    private static long edge(ProcessMaps maps, String name, ToLongFunction<Mapping> side) {
        return maps.mappings().stream()
                .filter(mapping -> mapping.path().equals(name))
                .mapToLong(side)
                .findFirst()
                .orElse(NONE);
    }

    private long drawFrom(List<AddressRange> rooms) {
        long slots = 0;
        for (AddressRange room : rooms) {
            slots += room.byteSize() / Region.BYTE_SIZE + 1;
        }
        if (slots == 0) {
            return 0;
        }
        long drawn = random.nextLong(slots);
        for (AddressRange room : rooms) {
            long inRoom = room.byteSize() / Region.BYTE_SIZE + 1;
            if (drawn < inRoom) {
                return room.start() + drawn * Region.BYTE_SIZE;
            }
            drawn -= inRoom;
        }
        throw new AssertionError("drew beyond the last room: slots=" + slots);
    }

    /** Reserves exactly at {@code base}; kernels before 4.17 take the address as a hint, so the result is compared. */
    private long claim(long base, long byteSize) {
        long reserved = space.reserve(base, byteSize, Linux.MAP_FIXED_NOREPLACE);
        if (!Errno.isFailure(reserved) && reserved != base) {
            space.unmap();
            return -Errno.EEXIST;
        }
        return reserved;
    }
}
