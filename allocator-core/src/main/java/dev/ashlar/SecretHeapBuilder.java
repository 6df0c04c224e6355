package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.HostCheck;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Visibility;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.SystemCalls;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Configures and builds a {@link SecretHeap}. Each method returns this builder. Not thread-safe. */
public final class SecretHeapBuilder {
    /** It costs address space; on most hosts a process may lock far less. */
    private static final long DEFAULT_CAPACITY = 1L << 30;

    private long capacity = DEFAULT_CAPACITY;
    private String name = "ashlar-secret";
    private Evidence evidence = Evidence.NONE;
    private @Nullable SystemCalls systemCalls;

    SecretHeapBuilder() {}

    /**
     * Sets the size of the span: all address space that the heap will ever have. Memory is committed region by region,
     * and each region counts against RLIMIT_MEMLOCK as a whole ({@code ulimit -l}), unless the process has
     * CAP_IPC_LOCK.
     *
     * @param byteSize bytes, 1 to {@link SecretHeap#LARGEST_CAPACITY}, rounded up to 2 MiB; default 1 GiB
     * @return this builder
     * @throws IllegalArgumentException if the size is out of range
     */
    public SecretHeapBuilder capacity(long byteSize) {
        capacity = Arguments.requireCapacity(byteSize, 1, SecretHeap.LARGEST_CAPACITY);
        return this;
    }

    /**
     * Sets the name that appears in errors. The kernel does not show it: it names all secret memory alike.
     *
     * @param heapName 1 to 200 letters, digits, dots, dashes and underscores; default "ashlar-secret"
     * @return this builder
     * @throws IllegalArgumentException if the name has other characters or another length
     */
    public SecretHeapBuilder name(String heapName) {
        name = Arguments.requireName(heapName);
        return this;
    }

    /**
     * Records what blocks the heap takes and frees, to explain a crash or a leak; default {@link Evidence#NONE}.
     *
     * @param demand what to record
     * @return this builder
     */
    public SecretHeapBuilder evidence(Evidence demand) {
        evidence = Objects.requireNonNull(demand, "demand");
        return this;
    }

    /** Replaces the boundary to the kernel, so that a test can make calls fail. */
    SecretHeapBuilder systemCalls(SystemCalls calls) {
        systemCalls = calls;
        return this;
    }

    /**
     * Reserves the span, commits the first region and keeps that region ready.
     *
     * @return the heap; the caller closes it
     * @throws UnsupportedHostException if this system or JVM cannot run Ashlar
     * @throws UncheckedIOException if a file of {@link #evidence} cannot be created
     * @throws BackingUnavailableException if the host gives no address space or no secret memory: the kernel is old or
     *     was booted without it, or the limit of locked memory is below 2 MiB
     */
    public SecretHeap build() {
        // Secrets have one kind of memory, so there is no demand.
        SystemCalls kernel = HostCheck.require(systemCalls);
        return switch (Zones.reserve(kernel, name, MemoryDemand.AUTO, Domain.SECRET, capacity)) {
            case Zones.Opened opened -> opened.zones().present(evidence, Visibility.NONE, SecretHeap::new);
            case Zones.Refused refused -> throw BackingUnavailableException.ofSecret(refused.refusals());
        };
    }
}
