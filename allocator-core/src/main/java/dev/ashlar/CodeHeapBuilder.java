package dev.ashlar;

import dev.ashlar.memory.Memory;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Region;
import dev.ashlar.region.Span;
import dev.ashlar.region.SpanRegions;
import dev.ashlar.stubs.CountingCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.NativeAccess;
import dev.ashlar.stubs.NativeAccessException;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.UnsupportedPlatformException;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a {@link CodeHeap} shall be. Each method returns this builder. Not thread-safe. */
public final class CodeHeapBuilder {
    private static final long DEFAULT_CAPACITY = 256L << 20;
    private static final long SUPPORTED_PAGE_BYTE_SIZE = 4096;
    /** memfd_create(2) allows 249 bytes; the backing's label follows. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,200}");

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
            throw new IllegalArgumentException("capacity out of range: byteSize=" + byteSize + ", allowed=1 to "
                    + CodeHeap.LARGEST_CAPACITY);
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
        if (!NAME.matcher(heapName).matches()) {
            throw new IllegalArgumentException("name must match " + NAME.pattern() + ": \"" + heapName + "\"");
        }
        name = heapName;
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
        CountingCalls calls = new CountingCalls(requireHost());
        Span span =
                switch (Span.reserve(calls, capacity, nearAddress)) {
                    case Span.Reserved reserved -> reserved.span();
                    case Span.Refused refused -> throw BackingUnavailableException.of(memory, refused.refusal());
                    case Span.NotReachable not -> throw HeapErrors.notReachable(not.address(), not.byteSize());
                };
        SpanRegions regions = new SpanRegions(span, memory.ladder(), calls, name);
        CodeSpace space = new CodeSpace(name, span, regions);
        if (!space.blocks.precommit(1)) {
            BackingUnavailableException unavailable = BackingUnavailableException.of(memory, regions.refusals());
            space.close();
            throw unavailable;
        }
        return new CodeHeap(space, memory, writePath, calls);
    }

    private SystemCalls requireHost() {
        try {
            Platform.requireSupported();
            NativeAccess.require(MethodHandles.lookup());
            SystemCalls calls = systemCalls == null ? Libc.system() : systemCalls;
            requireArchitecture(Platform.current(), calls.sysconf(Linux.SC_PAGESIZE));
            return calls;
        } catch (UnsupportedPlatformException | NativeAccessException refused) {
            throw new UnsupportedHostException(String.valueOf(refused.getMessage()), refused);
        }
    }

    static void requireArchitecture(Platform platform, long pageByteSize) {
        if (!platform.architecture().equals(Optional.of(Platform.Architecture.X86_64))) {
            throw new UnsupportedHostException("CodeHeap runs on x86-64 only as yet, and this is "
                    + platform.architectureName() + ": other architectures need instruction-cache maintenance.");
        }
        if (pageByteSize != SUPPORTED_PAGE_BYTE_SIZE) {
            throw new UnsupportedHostException("Ashlar needs base pages of " + SUPPORTED_PAGE_BYTE_SIZE
                    + " bytes, and this kernel has pages of " + pageByteSize + " bytes.");
        }
    }
}
