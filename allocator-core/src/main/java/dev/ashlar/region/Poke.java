package dev.ashlar.region;

import dev.ashlar.memory.Refusal;
import dev.ashlar.report.ForkedProcessException;
import dev.ashlar.stubs.Descriptor;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Writes memory of this process that is mapped without write permission, through {@code /proc/self/mem}: the kernel
 * writes the page itself (FOLL_FORCE), and no mapping changes. It does so for private memory only, and a host can
 * forbid it (proc_mem.force_override, Linux 6.12; seccomp; security modules).
 *
 * <p>The descriptor stays open while the heap lives. The price of this path: any code that can use a descriptor of this
 * process can write its machine code.
 *
 * <p>Thread-safe: one write at a time. A buffer copies sources on the Java heap. A write must end before the descriptor
 * is closed and the addresses are given back, or it would hit their next owner.
 */
final class Poke {
    private static final String FILE = "/proc/self/mem";
    private static final long CHUNK_BYTE_SIZE = 64 << 10;
    /** A whole region, so that filling one is one call. */
    private static final MemorySegment TRAPS =
            Arena.global().allocate(Region.BYTE_SIZE).fill(Zone.TRAP).asReadOnly();

    private final SystemCalls calls;
    private final Descriptor memory;
    private final MemorySegment buffer = Arena.ofAuto().allocate(CHUNK_BYTE_SIZE);
    private final Object lock = new Object();
    private boolean closed;

    private Poke(SystemCalls calls, Descriptor memory) {
        this.calls = calls;
        this.memory = memory;
    }

    /** The result of {@link #open}. */
    sealed interface Opening {}

    record Opened(Poke poke) implements Opening {}

    record NotOpened(Refusal refusal) implements Opening {}

    static Opening open(SystemCalls calls) {
        Descriptor memory = new Descriptor(calls);
        try {
            int fd = memory.open(FILE, Linux.O_RDWR);
            return fd < 0 ? new NotOpened(refusal("open(" + FILE + ", O_RDWR)", fd, new Remedy(calls)))
                    : new Opened(new Poke(calls, memory));
        } catch (Throwable e) {
            memory.close();
            throw e;
        }
    }

    static Refusal refusal(String call, long result, Remedy remedy) {
        return new Refusal("poke", call, Errno.describe(result), remedy.ofPoke(result));
    }

    /**
     * Writes to addresses that are mapped without write permission.
     *
     * @return 0 or {@code -errno}
     * @throws IllegalStateException if it is closed
     * @throws ForkedProcessException in a fork, where the descriptor still leads to the parent's memory
     */
    int write(long address, MemorySegment source, long sourceOffset, long byteSize) {
        synchronized (lock) {
            requireOpen();
            for (long done = 0; done < byteSize; done += CHUNK_BYTE_SIZE) {
                long chunk = Math.min(CHUNK_BYTE_SIZE, byteSize - done);
                // The source may lie on the Java heap, or be closed while the kernel reads it.
                MemorySegment.copy(source, sourceOffset + done, buffer, 0, chunk);
                int result = write(address + done, buffer.address(), chunk);
                if (result < 0) {
                    return result;
                }
            }
            return 0;
        }
    }

    /**
     * Fills with trapping instructions.
     *
     * @return and throws as {@link #write}
     */
    int fillWithTraps(long address, long byteSize) {
        synchronized (lock) {
            requireOpen();
            for (long done = 0; done < byteSize; done += TRAPS.byteSize()) {
                int result = write(address + done, TRAPS.address(), Math.min(TRAPS.byteSize(), byteSize - done));
                if (result < 0) {
                    return result;
                }
            }
            return 0;
        }
    }

    private void requireOpen() {
        Fork.refuse();
        if (closed) {
            throw new IllegalStateException(FILE + " is closed");
        }
    }

    private int write(long address, long sourceAddress, long byteSize) {
        long done = 0;
        int attempt = 0;
        try {
            while (done < byteSize) {
                long written = calls.pwrite(memory.number(), sourceAddress + done, byteSize - done, address + done);
                if (Errno.isFailure(written) && !Errno.isWorthRepeating(written, ++attempt)) {
                    return (int) written;
                }
                if (written == 0) {
                    // The kernel writes nothing to such a page; retrying would loop forever.
                    return -Errno.EIO;
                }
                done += Math.max(0, written);
            }
            return 0;
        } finally {
            // Otherwise the collector could close the descriptor during the last use of a heap.
            Reference.reachabilityFence(memory);
        }
    }

    /** Waits for a write in progress; every later one throws. */
    void close() {
        synchronized (lock) {
            if (!closed) {
                memory.close();
                closed = true;
            }
        }
    }
}
