package dev.ashlar.bench.rivals;

import java.lang.invoke.MethodHandle;

/** Through downcalls that do not change the state of the Java thread, for what is called often. */
record CriticalAsmjit(AsmjitShim shim) implements Asmjit {

    // Constant handles, so that a call is compiled to a plain one; the function is an argument like any other.
    private static final MethodHandle OPEN = Downcalls.ordinary(Downcalls.OPEN);
    private static final MethodHandle ALLOCATE = Downcalls.critical(Downcalls.ALLOCATE_IN);
    private static final MethodHandle WRITABLE = Downcalls.critical(Downcalls.WRITABLE);
    private static final MethodHandle RELEASE = Downcalls.critical(Downcalls.RELEASE);
    private static final MethodHandle CLOSE = Downcalls.ordinary(Downcalls.FREE);

    @Override
    public long open(Mapping mapping) {
        try {
            return (long) OPEN.invokeExact(shim.open(), mapping == Mapping.DUAL ? 1 : 0);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public long allocate(long allocator, long byteSize, long writableOut) {
        try {
            return (long) ALLOCATE.invokeExact(shim.allocate(), allocator, byteSize, writableOut);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public long writable(long allocator, long address) {
        try {
            return (long) WRITABLE.invokeExact(shim.writable(), allocator, address);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public int release(long allocator, long address) {
        try {
            return (int) RELEASE.invokeExact(shim.release(), allocator, address);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void close(long allocator) {
        try {
            CLOSE.invokeExact(shim.close(), allocator);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }
}
