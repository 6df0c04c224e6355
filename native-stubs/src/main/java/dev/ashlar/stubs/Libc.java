package dev.ashlar.stubs;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ashlar.stubs.CaptureSlots.Slot;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;

/**
 * {@link SystemCalls} on the kernel itself, by FFM downcalls into the C library.
 *
 * <p>A call allocates no Java object (apart from {@link #open} and {@link #memfdCreate}, which copy a string) and keeps
 * no state per thread; errno is captured into a {@link CaptureSlots slot} owned by the call. (Until C2 has compiled a
 * caller, JDK 25 creates a short-lived slice of that slot in every call: 40 bytes.)
 *
 * <p>Calls for which a C library may lack a function (memfd_create came with glibc 2.27; membarrier, mseal and
 * memfd_secret have none; musl's sched_setscheduler always fails) go through syscall(2) by number.
 */
public final class Libc implements SystemCalls {

    /** Any page size of Linux is a multiple of this one; the kernel finds misalignment within larger pages. */
    private static final long PAGE_BYTES_MIN = 4096;

    private final Platform.Architecture architecture;

    private Libc(Platform.Architecture architecture) {
        this.architecture = architecture;
    }

    private static final class Holder {
        static final Libc INSTANCE = new Libc(Platform.current().architecture().orElseThrow());
    }

    /**
     * Returns the system calls of this host, after checking that it is supported and that native access is granted.
     *
     * @throws UnsupportedPlatformException if this is not a 64-bit Linux on x86-64 or AArch64, or the JDK is too old
     * @throws NativeAccessException if this module may not call native code; the message names the flag
     */
    public static Libc system() {
        Platform.requireSupported();
        NativeAccess.require(MethodHandles.lookup());
        return Holder.INSTANCE;
    }

    @Override
    public long mmap(long address, long byteSize, int protection, int flags, int fd, long offset) {
        assert byteSize > 0 : "byteSize=" + byteSize;
        assert isPageAligned(address) : "address=0x" + Long.toHexString(address);
        Slot slot = CaptureSlots.claim();
        try {
            long returned = (long) LibcHandles.MMAP.invokeExact(slot.captured, address, byteSize, protection, flags, fd,
                    offset);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public int munmap(long address, long byteSize) {
        assert isPageAligned(address) : "address=0x" + Long.toHexString(address);
        Slot slot = CaptureSlots.claim();
        slot.expectCall();
        try {
            int returned = (int) LibcHandles.MUNMAP.invokeExact(slot.captured, address, byteSize);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            if (slot.wasCalled()) {
                // The addresses may have a new owner: a caller must not try again.
                return 0;
            }
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public int mprotect(long address, long byteSize, int protection) {
        assert isPageAligned(address) : "address=0x" + Long.toHexString(address);
        Slot slot = CaptureSlots.claim();
        try {
            int returned = (int) LibcHandles.MPROTECT.invokeExact(slot.captured, address, byteSize, protection);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public int madvise(long address, long byteSize, int advice) {
        assert isPageAligned(address) : "address=0x" + Long.toHexString(address);
        Slot slot = CaptureSlots.claim();
        try {
            int returned = (int) LibcHandles.MADVISE.invokeExact(slot.captured, address, byteSize, advice);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public long mremap(long address, long oldByteSize, long newByteSize, int flags, long newAddress) {
        assert isPageAligned(address) : "address=0x" + Long.toHexString(address);
        Slot slot = CaptureSlots.claim();
        try {
            long returned =
                    (long) LibcHandles.MREMAP.invokeExact(slot.captured, address, oldByteSize, newByteSize, flags,
                            newAddress);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public int mseal(long address, long byteSize) {
        assert isPageAligned(address) : "address=0x" + Long.toHexString(address);
        return (int) syscall(Platform.Architecture.MSEAL, address, byteSize, 0);
    }

    @Override
    public int memfdCreate(String name, int flags) {
        assert name.length() <= 249 : "name=" + name;
        int fd = -1;
        try (Arena arena = Arena.ofConfined()) {
            fd = (int) syscall(architecture.memfdCreate(), arena.allocateFrom(name).address(), flags, 0);
            return fd;
        } catch (Throwable e) {
            closeAfter(fd);
            throw e;
        }
    }

    @Override
    public int memfdSecret(int flags) {
        return (int) syscall(Platform.Architecture.MEMFD_SECRET, flags, 0, 0);
    }

    @Override
    public int ftruncate(int fd, long byteSize) {
        Slot slot = CaptureSlots.claim();
        try {
            int returned = (int) LibcHandles.FTRUNCATE.invokeExact(slot.captured, fd, byteSize);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public int fallocate(int fd, int mode, long offset, long byteSize) {
        Slot slot = CaptureSlots.claim();
        try {
            int returned = (int) LibcHandles.FALLOCATE.invokeExact(slot.captured, fd, mode, offset, byteSize);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        Slot slot = CaptureSlots.claim();
        try {
            int returned = (int) LibcHandles.FCNTL.invokeExact(slot.captured, fd, command, argument);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public int open(String path, int flags) {
        int fd = -1;
        try (Arena arena = Arena.ofConfined()) {
            fd = open(arena.allocateFrom(path).address(), flags);
            return fd;
        } catch (Throwable e) {
            closeAfter(fd);
            throw e;
        }
    }

    /** Closes a descriptor that an Error keeps from the caller. */
    private void closeAfter(int fd) {
        if (fd >= 0) {
            close(fd);
        }
    }

    private static int open(long pathAddress, int flags) {
        Slot slot = CaptureSlots.claim();
        try {
            int returned = (int) LibcHandles.OPEN.invokeExact(slot.captured, pathAddress, flags, 0);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public int close(int fd) {
        Slot slot = CaptureSlots.claim();
        slot.expectCall();
        try {
            int returned = (int) LibcHandles.CLOSE.invokeExact(slot.captured, fd);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            if (slot.wasCalled()) {
                // The descriptor may be another file's now: a caller must not try again.
                return 0;
            }
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public long pread(int fd, long address, long byteSize, long offset) {
        Slot slot = CaptureSlots.claim();
        try {
            long returned = (long) LibcHandles.PREAD.invokeExact(slot.captured, fd, address, byteSize, offset);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public long pwrite(int fd, long address, long byteSize, long offset) {
        Slot slot = CaptureSlots.claim();
        try {
            long returned = (long) LibcHandles.PWRITE.invokeExact(slot.captured, fd, address, byteSize, offset);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public long ioctl(int fd, long request, long argumentAddress) {
        Slot slot = CaptureSlots.claim();
        try {
            int returned = (int) LibcHandles.IOCTL.invokeExact(slot.captured, fd, request, argumentAddress);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public int membarrier(int command, int flags) {
        return (int) syscall(architecture.membarrier(), command, flags, 0);
    }

    @Override
    public int prctl(int option, long argument2, long argument3, long argument4, long argument5) {
        Slot slot = CaptureSlots.claim();
        try {
            int returned = (int) LibcHandles.PRCTL.invokeExact(slot.captured, option, argument2, argument3, argument4,
                    argument5);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    @Override
    public long sysconf(int name) {
        Slot slot = CaptureSlots.claim();
        try {
            return (long) LibcHandles.SYSCONF.invokeExact(slot.captured, name);
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    /**
     * Sets the scheduling policy of the calling thread, with static priority 0: sched_setscheduler(2).
     *
     * @return 0 or a negative errno
     */
    int schedSetscheduler(int policy) {
        try (Arena arena = Arena.ofConfined()) {
            long priorityAddress = arena.allocateFrom(JAVA_INT, 0).address();
            return (int) syscall(architecture.schedSetscheduler(), 0, policy, priorityAddress);
        }
    }

    private long syscall(long number, long first, long second, long third) {
        Slot slot = CaptureSlots.claim();
        try {
            long returned = (long) LibcHandles.SYSCALL.invokeExact(slot.captured, number, first, second, third);
            return returned == -1 ? -slot.errno() : returned;
        } catch (Throwable unexpected) {
            throw neverThrown(unexpected);
        } finally {
            slot.holder = null;
        }
    }

    private static boolean isPageAligned(long address) {
        return (address & (PAGE_BYTES_MIN - 1)) == 0;
    }

    /** A downcall of primitives throws nothing itself; what arrives here is an Error of the JVM (stack overflow). */
    private static Error neverThrown(Throwable unexpected) {
        return unexpected instanceof Error error ? error : new AssertionError("a downcall threw", unexpected);
    }
}
