package dev.ashlar.region;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One contiguous reservation of address space. The zones of a heap lie side by side in it, so that code reaches its
 * constants and its data. A guard region, which is never committed, lies at either end and between zones: an access
 * beyond a zone faults.
 *
 * <pre>
 *   guard | CODE | guard | RODATA | guard | DATA | guard
 * </pre>
 *
 * <p>The segments of all zones belong to the span's own shared arena: after {@link #close()} every access through one
 * of them, or through a slice, throws. Closing does not wait: it fails while a downcall holds one of them.
 *
 * <p>Not thread-safe, except for the segments: the heap serialises calls.
 */
public final class Span implements AutoCloseable {
    /** Bytes of each guard region: 2 MiB. */
    public static final long GUARD_BYTE_SIZE = Region.BYTE_SIZE;

    private final SystemCalls calls;
    private final Placement placement;
    private final List<Part> parts;
    private final long base;
    private final Arena arena = SharedArenas.open();
    private final AddressSpace space;
    private final List<View> views = new ArrayList<>();
    private @Nullable Poke poke;

    private Span(SystemCalls calls, AddressSpace space, Placement placement, List<Part> parts, long base) {
        this.calls = calls;
        this.space = space;
        this.placement = placement;
        this.parts = List.copyOf(parts);
        this.base = base;
        space.add();
    }

    /**
     * Room for a zone.
     *
     * @param path the write path; meaningless for data
     * @param hardening NONE for data, and on write paths other than ALIAS
     * @param byteSize bytes, a multiple of 2 MiB
     * @param refusedPaths the write paths that the host refused before
     * @param sharing how its views share memory; by a file if it is hardened
     */
    public record Part(
            Domain domain, WritePath path, Hardening hardening, long byteSize, List<WritePath> refusedPaths,
            Sharing sharing) {

        /** Room for a zone that is not hardened. */
        public Part(Domain domain, WritePath path, long byteSize) {
            this(domain, path, Hardening.NONE, byteSize, List.of(), Sharing.BY_FILE);
        }

        /** Checks that there is a view to seal. */
        public Part {
            refusedPaths = List.copyOf(refusedPaths);
            boolean hasTwoViews = domain.isPublished() && path == WritePath.ALIAS;
            if (hardening != Hardening.NONE && !hasTwoViews) {
                throw new IllegalArgumentException("no zone to harden: domain=" + domain + ", path=" + path);
            }
        }
    }

    /** The result of {@link #reserve}. */
    public sealed interface Reservation {}

    /** The address space was reserved. */
    public record Reserved(Span span) implements Reservation {}

    /** The kernel refused to reserve address space. */
    public record Refused(Refusal refusal) implements Reservation, Opening {}

    /**
     * No gap within reach is large enough.
     *
     * @param byteSize bytes of the span
     * @param largestByteSize bytes of the largest gap
     */
    public record NotReachable(Reach reach, long byteSize, long largestByteSize) implements Reservation {}

    /** The result of {@link #open}. */
    public sealed interface Opening {}

    /** The zone can be used. */
    public record Opened(Zone zone) implements Opening {}

    /**
     * Reserves a span.
     *
     * @param calls the boundary to the kernel
     * @param parts the zones, in the order of their addresses; at most one for each domain
     * @param reach where it may lie
     */
    public static Reservation reserve(SystemCalls calls, List<Part> parts, Reach reach) {
        AddressSpace space = new AddressSpace(calls);
        Placement placement = new Placement(calls, space);
        long byteSize = byteSizeOf(parts);
        long base = placement.reserve(reach, byteSize);
        if (base == 0) {
            return new NotReachable(reach, byteSize, placement.largestRoom(reach));
        }
        if (Errno.isFailure(base)) {
            return refused(calls, base, byteSize);
        }
        return new Reserved(new Span(calls, space, placement, parts, base));
    }

    private static long byteSizeOf(List<Part> parts) {
        return GUARD_BYTE_SIZE + parts.stream().mapToLong(part -> part.byteSize() + GUARD_BYTE_SIZE).sum();
    }

    /** {@return bytes from the start of the first zone to the end of the last, guards between them included} */
    public static long reachByteSize(List<Part> parts) {
        return byteSizeOf(parts) - 2 * GUARD_BYTE_SIZE;
    }

    private static Refused refused(SystemCalls calls, long result, long byteSize) {
        return new Refused(new Refusal(
                "reserve",
                "mmap(PROT_NONE, " + byteSize + ")",
                Errno.describe(result),
                new Remedy(calls).ofReservation(result)));
    }

    /** Opens a zone, once. For ALIAS this reserves the view to write through. */
    public Opening open(Domain domain) {
        long start = base + GUARD_BYTE_SIZE;
        for (Part part : parts) {
            if (part.domain() == domain) {
                return open(part, start);
            }
            start += part.byteSize() + GUARD_BYTE_SIZE;
        }
        throw new IllegalArgumentException("the span has no zone for " + domain);
    }

    /** {@return bytes of the zone of a domain, or 0 if the span has none} */
    public long byteSizeOf(Domain domain) {
        return parts.stream()
                .filter(part -> part.domain() == domain)
                .mapToLong(Part::byteSize)
                .sum();
    }

    private Opening open(Part part, long start) {
        Access access = part.domain().access();
        if (!part.domain().isPublished()) {
            View front = view(access, Access.WRITE, start, part);
            return opened(part, List.of(front), front, null);
        }
        return switch (part.path()) {
            case ALIAS -> openAliased(part, view(access, access, start, part));
            case POKE -> openPoked(part, view(access, access, start, part));
            case IN_PLACE -> {
                View front = view(access, Access.WRITE, start, part);
                yield opened(part, List.of(front), front, null);
            }
        };
    }

    private Opening openAliased(Part part, View front) {
        long byteSize = part.byteSize() + 2 * GUARD_BYTE_SIZE;
        long alias = placement.reserveAnywhere(byteSize);
        if (Errno.isFailure(alias)) {
            return refused(calls, alias, byteSize);
        }
        space.add();
        View writing = view(Access.WRITE, Access.WRITE, alias + GUARD_BYTE_SIZE, part);
        return opened(part, List.of(front, writing), writing, null);
    }

    private Opening openPoked(Part part, View front) {
        if (poke == null) {
            switch (Poke.open(calls)) {
                case Poke.Opened opened -> poke = opened.poke();
                case Poke.NotOpened not -> {
                    return new Refused(not.refusal());
                }
            }
        }
        return opened(part, List.of(front), null, poke);
    }

    private static Opened opened(Part part, List<View> views, @Nullable View writing, @Nullable Poke poke) {
        return new Opened(new Zone(part, views, writing, poke));
    }

    private View view(Access access, Access initial, long start, Part part) {
        View view = new View(calls, access, initial, start, part.byteSize(), arena);
        views.add(view);
        return view;
    }

    /** {@return bytes between the first guard and the last, guards between zones included} */
    public long byteSize() {
        return reachByteSize(parts);
    }

    /** {@return all address space that is reserved, guards included: the span first, then the views elsewhere} */
    public List<AddressRange> ranges() {
        return space.ranges();
    }

    /**
     * Closes every segment and gives the address space back: {@link #shut}, then {@link #release}.
     *
     * @throws IllegalStateException if a downcall is inside one of the segments; then nothing has changed
     */
    @Override
    public void close() {
        shut();
        release();
    }

    /** Notes what {@link #release} gives back. */
    public void prepareShut() {
        if (!space.isOwed()) {
            space.owe(all());
        }
    }

    /**
     * Closes every segment.
     *
     * @throws IllegalStateException if a downcall is inside one of the segments; then nothing has changed
     */
    public void shut() {
        prepareShut();
        SharedArenas.close(arena);
    }

    /** {@return the reserved ranges without their pinned parts, which the kernel keeps until the process ends} */
    private List<AddressRange> all() {
        List<AddressRange> pinned =
                views.stream().flatMap(view -> view.pinned().stream()).sorted().toList();
        List<AddressRange> all = new ArrayList<>();
        for (AddressRange range : space.ranges()) {
            long start = range.start();
            for (AddressRange stays : pinned) {
                if (range.contains(stays)) {
                    add(all, start, stays.start());
                    start = stays.end();
                }
            }
            add(all, start, range.end());
        }
        return all;
    }

    private static void add(List<AddressRange> ranges, long start, long end) {
        if (start < end) {
            ranges.add(new AddressRange(start, end));
        }
    }

    /**
     * Gives the address space back, except for pinned regions. If an Error cuts this short, the next call gives back
     * the rest. Pre: the span is shut.
     */
    public void release() {
        if (poke != null) {
            // First, so that nothing is written to these addresses after they have a new owner.
            poke.close();
        }
        space.release();
    }

    /** From now on nothing but {@link #release} gives the address space back. */
    public void keep() {
        space.keep();
    }
}
