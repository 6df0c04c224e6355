package dev.ashlar.stubs;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes every call on to another {@link SystemCalls} and counts the ones whose number is a promise: a heap shows by it
 * that it made no mprotect call. Thread-safe.
 */
public final class CountingCalls implements SystemCalls {

    private final SystemCalls calls;
    private final AtomicLong mprotectCount = new AtomicLong();

    /** Counts from zero what passes through to {@code calls}. */
    public CountingCalls(SystemCalls calls) {
        this.calls = calls;
    }

    /** {@return mprotect calls so far, failed ones included} */
    public long mprotectCount() {
        return mprotectCount.get();
    }

    @Override
    public long mmap(long address, long byteSize, int protection, int flags, int fd, long offset) {
        return calls.mmap(address, byteSize, protection, flags, fd, offset);
    }

    @Override
    public int munmap(long address, long byteSize) {
        return calls.munmap(address, byteSize);
    }

    @Override
    public int mprotect(long address, long byteSize, int protection) {
        mprotectCount.incrementAndGet();
        return calls.mprotect(address, byteSize, protection);
    }

    @Override
    public int madvise(long address, long byteSize, int advice) {
        return calls.madvise(address, byteSize, advice);
    }

    @Override
    public long mremap(long address, long oldByteSize, long newByteSize, int flags, long newAddress) {
        return calls.mremap(address, oldByteSize, newByteSize, flags, newAddress);
    }

    @Override
    public int mseal(long address, long byteSize) {
        return calls.mseal(address, byteSize);
    }

    @Override
    public int memfdCreate(String name, int flags) {
        return calls.memfdCreate(name, flags);
    }

    @Override
    public int memfdSecret(int flags) {
        return calls.memfdSecret(flags);
    }

    @Override
    public int ftruncate(int fd, long byteSize) {
        return calls.ftruncate(fd, byteSize);
    }

    @Override
    public int fallocate(int fd, int mode, long offset, long byteSize) {
        return calls.fallocate(fd, mode, offset, byteSize);
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        return calls.fcntl(fd, command, argument);
    }

    @Override
    public int open(String path, int flags) {
        return calls.open(path, flags);
    }

    @Override
    public int close(int fd) {
        return calls.close(fd);
    }

    @Override
    public long pread(int fd, long address, long byteSize, long offset) {
        return calls.pread(fd, address, byteSize, offset);
    }

    @Override
    public long pwrite(int fd, long address, long byteSize, long offset) {
        return calls.pwrite(fd, address, byteSize, offset);
    }

    @Override
    public long ioctl(int fd, long request, long argumentAddress) {
        return calls.ioctl(fd, request, argumentAddress);
    }

    @Override
    public int membarrier(int command, int flags) {
        return calls.membarrier(command, flags);
    }

    @Override
    public int prctl(int option, long argument2, long argument3, long argument4, long argument5) {
        return calls.prctl(option, argument2, argument3, argument4, argument5);
    }

    @Override
    public long sysconf(int name) {
        return calls.sysconf(name);
    }
}
