package dev.ashlar.tool.secret;

import static dev.ashlar.tool.memory.MemoryRefusedException.require;

import dev.ashlar.SecretHeap;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.tool.memory.BlockMemory;
import java.lang.foreign.MemorySegment;

/** The two kinds of secret memory that are compared. */
enum SecretMemory {
    HEAP("SecretHeap"),
    FILES("memfd_secret each");

    private final String label;

    SecretMemory(String label) {
        this.label = label;
    }

    /** {@return the name in results} */
    String label() {
        return label;
    }

    /** {@return empty memory for a number of secrets} */
    BlockMemory open(int count) {
        return switch (this) {
            case HEAP -> new Pooled(count);
            case FILES -> new Files(Libc.system());
        };
    }

    /** Secrets that share the regions of a heap. */
    private static final class Pooled implements BlockMemory {

        private final SecretHeap heap = SecretHeap.create();
        private final MemorySegment[] slots;

        Pooled(int count) {
            slots = new MemorySegment[count];
        }

        @Override
        public long allocate(int slot, long byteSize) {
            slots[slot] = heap.allocate(byteSize);
            return slots[slot].address();
        }

        @Override
        public void free(int slot, long address, long byteSize) {
            heap.free(slots[slot]);
        }

        @Override
        public void close() {
            heap.close();
        }
    }

    /** A memfd_secret(2) file and a mapping for each secret. The kernel clears what is unmapped. */
    private record Files(SystemCalls calls) implements BlockMemory {

        private static final long PAGE_BYTE_SIZE = 4096;

        @Override
        public long allocate(int slot, long byteSize) {
            int fd = (int) require("memfd_secret", calls.memfdSecret(Linux.O_CLOEXEC));
            try {
                long fileByteSize = Math.ceilDiv(byteSize, PAGE_BYTE_SIZE) * PAGE_BYTE_SIZE;
                require("ftruncate", calls.ftruncate(fd, fileByteSize));
                return require("mmap of a secret of " + fileByteSize + " bytes", calls.mmap(0, fileByteSize,
                        Linux.PROT_READ | Linux.PROT_WRITE, Linux.MAP_SHARED, fd, 0));
            } finally {
                calls.close(fd);
            }
        }

        @Override
        public void free(int slot, long address, long byteSize) {
            // The kernel rounds the length up to whole pages.
            require("munmap", calls.munmap(address, byteSize));
        }

        @Override
        public void close() {
            // The files share nothing.
        }
    }
}
