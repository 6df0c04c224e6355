package dev.ashlar.tool.secret;

import dev.ashlar.SecretHeap;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCallException;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.MemorySegment;

/** Provides secret memory. Not thread-safe. */
sealed interface SecretMemory extends AutoCloseable {

    /** {@return memory outside the kernel's direct map, all zero} */
    MemorySegment allocate(int byteSize);

    /** Frees a secret, which is zero afterwards. */
    void free(MemorySegment secret);

    @Override
    void close();

    /** The two that are compared. */
    enum Kind {
        HEAP("SecretHeap"),
        MAPPED("memfd_secret each");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** {@return the name in results} */
        String label() {
            return label;
        }

        SecretMemory open() {
            return switch (this) {
                case HEAP -> new Heap(SecretHeap.create());
                case MAPPED -> new Mapped(Libc.system());
            };
        }
    }

    /** Secrets that share the regions of a heap. */
    record Heap(SecretHeap heap) implements SecretMemory {

        @Override
        public MemorySegment allocate(int byteSize) {
            return heap.allocate(byteSize);
        }

        @Override
        public void free(MemorySegment secret) {
            heap.free(secret);
        }

        @Override
        public void close() {
            heap.close();
        }
    }

    /** A memfd_secret(2) file and a mapping for each secret. The kernel clears what is unmapped. */
    record Mapped(SystemCalls calls) implements SecretMemory {

        private static final long PAGE_BYTE_SIZE = 4096;

        @Override
        @SuppressWarnings("restricted")
        public MemorySegment allocate(int byteSize) {
            int fd = (int) require("memfd_secret(O_CLOEXEC)", calls.memfdSecret(Linux.O_CLOEXEC));
            try {
                long fileByteSize = (byteSize + PAGE_BYTE_SIZE - 1) & -PAGE_BYTE_SIZE;
                require("ftruncate", calls.ftruncate(fd, fileByteSize));
                long address = require("mmap of a secret of " + fileByteSize + " bytes", calls.mmap(0, fileByteSize,
                        Linux.PROT_READ | Linux.PROT_WRITE, Linux.MAP_SHARED, fd, 0));
                return MemorySegment.ofAddress(address).reinterpret(byteSize);
            } finally {
                calls.close(fd);
            }
        }

        @Override
        public void free(MemorySegment secret) {
            // The kernel rounds the length up to whole pages.
            require("munmap", calls.munmap(secret.address(), secret.byteSize()));
        }

        @Override
        public void close() {
            // Secrets share nothing.
        }

        private static long require(String call, long result) {
            if (Errno.isFailure(result)) {
                throw new SystemCallException(call, result);
            }
            return result;
        }
    }
}
