package dev.ashlar;

import dev.ashlar.memory.Memory;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Region;
import dev.ashlar.region.Span;
import dev.ashlar.region.SpanRegions;
import dev.ashlar.stubs.CountingCalls;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.SystemCalls;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a {@link CodeHeap} shall be. Each method returns this builder. Not thread-safe. */
public final class CodeHeapBuilder {
    private static final long DEFAULT_CAPACITY = 256L << 20;
    private long capacity = DEFAULT_CAPACITY;
    private long nearAddress;
    private Memory memory = Memory.AUTO;
    private WritePath writePath = WritePath.ALIAS;
    private String name = "ashlar";
    private @Nullable SystemCalls systemCalls;

    CodeHeapBuilder() {}

    /**
     * Sets the size of the span: all address space the heap will ever have. Memory is committed region by region as
     * blocks need it.
     *
     * @param byteSize bytes, 1 to {@link CodeHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; 256 MiB where not set
     * @throws IllegalArgumentException if the size is out of range
     */
    public CodeHeapBuilder capacity(long byteSize) {
        if (byteSize < 1 || byteSize > CodeHeap.LARGEST_CAPACITY) {
            throw HeapErrors.capacity(byteSize, CodeHeap.LARGEST_CAPACITY);
        }
        capacity = Region.countFor(byteSize) * Region.BYTE_SIZE;
        return this;
    }

    /**
     * Asks for a span from every byte of which a 32-bit relative call or jump reaches {@code address}, and back.
     *
     * @param address the address of a function, say
     * @throws IllegalArgumentException if the address is not positive
     */
    public CodeHeapBuilder near(long address) {
        if (address <= 0) {
            throw new IllegalArgumentException("no address of user space: 0x" + Long.toHexString(address));
        }
        nearAddress = address;
        return this;
    }

    /** Demands a kind of memory; {@link Memory#AUTO} where not set. */
    public CodeHeapBuilder memory(Memory demand) {
        memory = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /** Demands a write path; the best that the host allows where not set. ALIAS is the only one as yet. */
    public CodeHeapBuilder writePath(WritePath demand) {
        writePath = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /**
     * Sets the name that stands in {@code /proc/self/maps} and in errors.
     *
     * @param heapName 1 to 200 letters, digits, dots, dashes and underscores; "ashlar" where not set
     * @throws IllegalArgumentException if the name has other characters or another length
     */
    public CodeHeapBuilder name(String heapName) {
        name = HeapName.require(heapName);
        return this;
    }

    /** Puts another boundary to the kernel in, so that a test can make calls fail. */
    CodeHeapBuilder systemCalls(SystemCalls calls) {
        systemCalls = calls;
        return this;
    }

    /**
     * Reserves the span, probes the demanded memory by committing the first region, and keeps that region ready.
     *
     * @return the heap; the caller closes it
     * @throws UnsupportedHostException if this system, architecture or JVM cannot run Ashlar
     * @throws NotReachableException if no room lies within reach of {@link #near}
     * @throws BackingUnavailableException if the host gives no address space, or no memory of the demanded kind
     */
    public CodeHeap build() {
        CountingCalls calls = new CountingCalls(HostCheck.require(systemCalls));
        HostCheck.requireCodeArchitecture(Platform.current());
        Span span =
                switch (Span.reserve(calls, capacity, nearAddress)) {
                    case Span.Reserved reserved -> reserved.span();
                    case Span.Refused refused -> throw BackingUnavailableException.of(memory, refused.refusal());
                    case Span.NotReachable not -> throw HeapErrors.notReachable(not.address(), not.byteSize());
                };
        SpanRegions regions = new SpanRegions(span, memory.ladder(), calls, name);
        HeapSpace space = HeapSpace.forCode(name, span, regions, calls);
        space.probe(memory);
        return new CodeHeap(space, memory, writePath);
    }
}
