package dev.ashlar.stubs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Asks the kernel for single VMAs of this process by address, without reading the others: the PROCMAP_QUERY ioctl of
 * {@code /proc/self/maps}, Linux 6.11 and later. Not thread-safe. Holds one descriptor until {@link #close()}.
 */
final class ProcmapQuery implements AutoCloseable {
    // linux/fs.h: _IOWR('f', 17, struct procmap_query).
    private static final long REQUEST = 0xC0686611L;
    private static final long ARGUMENT_BYTES = 104;
    private static final long ARGUMENT_SIZE = 0;
    private static final long ARGUMENT_FLAGS = 8;
    private static final long ARGUMENT_ADDRESS = 16;
    private static final long ARGUMENT_START = 24;
    private static final long ARGUMENT_END = 32;
    private static final long ARGUMENT_VMA_FLAGS = 40;
    private static final long ARGUMENT_OFFSET = 56;
    private static final long ARGUMENT_INODE = 64;
    private static final long ARGUMENT_NAME_SIZE = 80;
    private static final long ARGUMENT_NAME_ADDRESS = 88;

    private static final int READABLE = 0x01;
    private static final int WRITABLE = 0x02;
    private static final int EXECUTABLE = 0x04;
    private static final int SHARED = 0x08;
    private static final int COVERING_OR_NEXT = 0x10;

    /** PATH_MAX. */
    private static final int NAME_BYTES = 4096;

    private final SystemCalls calls;
    private final Descriptor maps;
    private final MemorySegment argument;
    private final MemorySegment name;

    private ProcmapQuery(SystemCalls calls, Descriptor maps) {
        this.calls = calls;
        this.maps = maps;
        Arena arena = Arena.ofAuto();
        argument = arena.allocate(ARGUMENT_BYTES, Long.BYTES);
        name = arena.allocate(NAME_BYTES);
    }

    /** {@return an object to ask, or empty if the kernel has no such call or refuses it} */
    static Optional<ProcmapQuery> open(SystemCalls calls) {
        Descriptor maps = new Descriptor(calls);
        try {
            if (maps.open("/proc/self/maps", Linux.O_RDONLY) >= 0) {
                ProcmapQuery query = new ProcmapQuery(calls, maps);
                // Every process has a VMA above its first page.
                if (!Errno.isFailure(query.ask(0))) {
                    return Optional.of(query);
                }
            }
            maps.close();
            return Optional.empty();
        } catch (Throwable e) {
            maps.close();
            throw e;
        }
    }

    /** {@return the VMAs that overlap one of the ranges, by address; empty if the kernel refused to tell} */
    Optional<List<Mapping>> within(Collection<AddressRange> ranges) {
        List<Mapping> found = new ArrayList<>();
        long from = 0;
        for (AddressRange range : ranges.stream().sorted().toList()) {
            from = Math.max(from, range.start());
            while (Long.compareUnsigned(from, range.end()) < 0) {
                long result = ask(from);
                if (result == -Errno.ENOENT) {
                    // Nothing at or above this address.
                    return Optional.of(found);
                }
                if (Errno.isFailure(result)) {
                    return Optional.empty();
                }
                if (!range.overlaps(get(ARGUMENT_START), get(ARGUMENT_END))) {
                    break;
                }
                found.add(mapping());
                from = get(ARGUMENT_END);
            }
        }
        return Optional.of(found);
    }

    /** {@return whether the process has more VMAs than {@code limit}; true if the kernel refused to tell} */
    boolean hasMoreThan(int limit) {
        long from = 0;
        for (int count = 0; count <= limit; count++) {
            long result = ask(from);
            if (Errno.isFailure(result)) {
                return result != -Errno.ENOENT;
            }
            from = get(ARGUMENT_END);
        }
        return true;
    }

    /** {@return the VMA at or next above an address; empty if there is none, or the kernel refused to tell} */
    Optional<Mapping> atOrAfter(long address) {
        return Errno.isFailure(ask(address)) ? Optional.empty() : Optional.of(mapping());
    }

    /** Asks for the VMA at an address, or the next one above it. */
    private long ask(long address) {
        long result;
        int attempt = 0;
        do {
            put(ARGUMENT_SIZE, ARGUMENT_BYTES);
            put(ARGUMENT_FLAGS, COVERING_OR_NEXT);
            put(ARGUMENT_ADDRESS, address);
            // The lower half is the size of the name's buffer, the upper that of the build ID's, which nothing here
            // needs.
            put(ARGUMENT_NAME_SIZE, NAME_BYTES);
            put(ARGUMENT_NAME_ADDRESS, name.address());
            result = calls.ioctl(maps.number(), REQUEST, argument.address());
        } while (Errno.isWorthRepeating(result, ++attempt));
        return result;
    }

    private Mapping mapping() {
        long flags = get(ARGUMENT_VMA_FLAGS);
        int nameByteSize = argument.get(ValueLayout.JAVA_INT, ARGUMENT_NAME_SIZE);
        return new Mapping(
                get(ARGUMENT_START),
                get(ARGUMENT_END),
                (flags & READABLE) != 0,
                (flags & WRITABLE) != 0,
                (flags & EXECUTABLE) != 0,
                (flags & SHARED) != 0,
                get(ARGUMENT_OFFSET),
                get(ARGUMENT_INODE),
                nameByteSize == 0 ? "" : name.getString(0));
    }

    private long get(long field) {
        return argument.get(ValueLayout.JAVA_LONG, field);
    }

    private void put(long field, long value) {
        argument.set(ValueLayout.JAVA_LONG, field, value);
    }

    @Override
    public void close() {
        maps.close();
    }
}
