package dev.ashlar.stubs;

/**
 * The boundary to the operating system: every call the allocator makes, one method each, no policy.
 *
 * <p>Each method returns what the system call returns, or {@code -errno} if it failed: a result in {@code [-4095, -1]}
 * is a failure (see {@link Errno#isFailure(long)}), as in the kernel's own calling convention. So a refusal by the
 * kernel neither creates an object nor throws; {@link Errno} names the number. {@link Libc} is the implementation that
 * reaches the kernel; tests wrap it to record calls and to fail the n-th one.
 *
 * <p>Addresses and sizes are in bytes. Preconditions are asserted, not checked, because the kernel checks them again.
 * Thread-safe.
 */
public interface SystemCalls {

    /**
     * mmap(2). Pre: {@code byteSize > 0}; {@code address} and {@code offset} multiples of the page size (of 2 MiB for
     * hugetlb).
     *
     * @return the address, or {@code -errno}
     */
    long mmap(long address, long byteSize, int protection, int flags, int fd, long offset);

    /**
     * munmap(2). Pre: page-aligned.
     *
     * @return 0 or {@code -errno}
     */
    int munmap(long address, long byteSize);

    /**
     * mprotect(2). Pre: page-aligned.
     *
     * @return 0 or {@code -errno}
     */
    int mprotect(long address, long byteSize, int protection);

    /**
     * madvise(2). Pre: page-aligned.
     *
     * @return 0 or {@code -errno}
     */
    int madvise(long address, long byteSize, int advice);

    /** mremap(2) with MREMAP_MAYMOVE and the like; {@code newAddress} is read with MREMAP_FIXED only. */
    long mremap(long address, long oldByteSize, long newByteSize, int flags, long newAddress);

    /**
     * mseal(2), Linux 6.10 and later.
     *
     * @return 0 or {@code -errno} (ENOSYS on older kernels)
     */
    int mseal(long address, long byteSize);

    /**
     * memfd_create(2). Pre: {@code name} has at most 249 bytes.
     *
     * @return the descriptor, or {@code -errno}
     */
    int memfdCreate(String name, int flags);

    /**
     * memfd_secret(2), Linux 5.14 and later: a file whose pages are off the kernel's own map of memory. Pre:
     * {@code flags} is 0 or {@link Linux#O_CLOEXEC}.
     *
     * @return the descriptor, or {@code -errno}; ENOSYS if the kernel was built or booted without it
     */
    int memfdSecret(int flags);

    /**
     * ftruncate(2).
     *
     * @return 0 or {@code -errno}
     */
    int ftruncate(int fd, long byteSize);

    /**
     * fallocate(2).
     *
     * @return 0 or {@code -errno}; ENOSPC if the hugetlb pool is empty
     */
    int fallocate(int fd, int mode, long offset, long byteSize);

    /**
     * fcntl(2) with an integer argument (seals, descriptor flags).
     *
     * @return the result, or {@code -errno}
     */
    int fcntl(int fd, int command, int argument);

    /**
     * open(2) without a mode.
     *
     * @return the descriptor, or {@code -errno}
     */
    int open(String path, int flags);

    /**
     * close(2).
     *
     * @return 0 or {@code -errno}
     */
    int close(int fd);

    /**
     * pread(2) into native memory at {@code address}.
     *
     * @return bytes read, or {@code -errno}
     */
    long pread(int fd, long address, long byteSize, long offset);

    /**
     * pwrite(2) from native memory at {@code address}.
     *
     * @return bytes written, or {@code -errno}
     */
    long pwrite(int fd, long address, long byteSize, long offset);

    /**
     * ioctl(2) with a pointer argument.
     *
     * @return the result, or {@code -errno}
     */
    long ioctl(int fd, long request, long argumentAddress);

    /**
     * membarrier(2).
     *
     * @return the result of a query, 0, or {@code -errno}
     */
    int membarrier(int command, int flags);

    /**
     * prctl(2).
     *
     * @return the result, or {@code -errno}
     */
    int prctl(int option, long argument2, long argument3, long argument4, long argument5);

    /**
     * sysconf(3), e.g. {@link Linux#SC_PAGESIZE}.
     *
     * @return the value, or -1 if the system has none
     */
    long sysconf(int name);
}
