package dev.ashlar;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Span;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.CountingCalls;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link SecretHeap} shall be. Each method returns this builder. Not thread-safe. */
public final class SecretHeapBuilder {
    /** Address space is all that it costs; what a process may lock is far less on most hosts. */
    private static final long DEFAULT_CAPACITY = 1L << 30;

    private long capacity = DEFAULT_CAPACITY;
    private String name = "ashlar-secret";
    private @Nullable SystemCalls systemCalls;

    SecretHeapBuilder() {}

    /**
     * Sets the size of the span: all address space the heap will ever have. Memory is committed region by region, and
     * each region counts against RLIMIT_MEMLOCK as a whole ({@code ulimit -l}), but for a process with CAP_IPC_LOCK.
     *
     * @param byteSize bytes, 1 to {@link SecretHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; 1 GiB where not set
     * @throws IllegalArgumentException if the size is out of range
     */
    public SecretHeapBuilder capacity(long byteSize) {
        if (byteSize < 1 || byteSize > SecretHeap.LARGEST_CAPACITY) {
            throw HeapErrors.capacity(byteSize, SecretHeap.LARGEST_CAPACITY);
        }
        capacity = HeapZones.roundedToRegions(byteSize);
        return this;
    }

    /**
     * Sets the name that stands in errors. The kernel shows it nowhere: a secret's mapping has no name of its own.
     *
     * @param heapName 1 to 200 letters, digits, dots, dashes and underscores; "ashlar-secret" where not set
     * @throws IllegalArgumentException if the name has other characters or another length
     */
    public SecretHeapBuilder name(String heapName) {
        name = HeapName.require(heapName);
        return this;
    }

    /** Puts another boundary to the kernel in, so that a test can make calls fail. */
    SecretHeapBuilder systemCalls(SystemCalls calls) {
        systemCalls = calls;
        return this;
    }

    /**
     * Reserves the span and commits the first region, which is kept ready.
     *
     * @return the heap; the caller closes it
     * @throws UnsupportedHostException if this system or JVM cannot run Ashlar
     * @throws BackingUnavailableException if the host gives no address space or no secret memory: an old kernel, one
     *     that was booted without, or a limit of locked memory below 2 MiB
     */
    public SecretHeap build() {
        CountingCalls calls = new CountingCalls(HostCheck.require(systemCalls));
        Span span =
                switch (Span.reserve(calls, List.of(new Span.Part(Domain.SECRET, WritePath.ALIAS, capacity)), 0)) {
                    case Span.Reserved reserved -> reserved.span();
                    case Span.Refused refused -> throw BackingUnavailableException.ofSecret(List.of(refused.refusal()));
                    case Span.NotReachable not -> throw HeapErrors.notReachable(not.address(), not.byteSize());
                };
        List<Refusal> refusals = new ArrayList<>();
        // What kind of memory and how it is written is settled by the domain.
        HeapZones zones =
                HeapZones.open(name, span, MemoryDemand.AUTO, WritePath.ALIAS, calls, Domain.SECRET, refusals);
        if (zones == null) {
            throw BackingUnavailableException.ofSecret(refusals);
        }
        return new SecretHeap(zones);
    }
}
