package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * asmjit's JitAllocator with its defaults: blocks are multiples of 64 bytes, and freed code is not overwritten. Java
 * copies the code; publishing is free on x86-64.
 *
 * <p>If code is mapped twice, {@link #allocate} notes the writable address of the new block for its thread, as a JIT
 * compiler keeps both addresses until it has written the code. Any other {@link #write} asks asmjit.
 *
 * <p>The subclasses differ only in their method handles, which are constants of the JIT compiler.
 */
abstract sealed class AsmjitMemory implements BlockMemory {

    private static final MethodHandle OPEN = Downcalls.ordinary(Downcalls.OPEN);
    private static final MethodHandle CLOSE = Downcalls.ordinary(Downcalls.FREE);

    final AsmjitShim functions = AsmjitShim.functions();
    final long allocator;
    private final Mapping mapping;
    private final ThreadLocal<Pending> pending = ThreadLocal.withInitial(Pending::new);

    private AsmjitMemory(Mapping mapping) {
        this.mapping = mapping;
        this.allocator = openAllocator(mapping);
    }

    /** How asmjit maps its memory. */
    enum Mapping {
        /** Once: writable and executable at the same address. This is asmjit's default. */
        SINGLE,
        /** Twice: writable at one address, executable at another. */
        DUAL
    }

    /** The last block that a thread allocated and has not written. */
    private static final class Pending {
        private final MemorySegment writableOut = Arena.ofAuto().allocate(JAVA_LONG);
        private final long writableOutAddress = writableOut.address();
        private long address;
    }

    static AsmjitMemory ordinary(Mapping mapping) {
        return new Ordinary(mapping);
    }

    static AsmjitMemory critical(Mapping mapping) {
        return new Critical(mapping);
    }

    /** {@return a new JitAllocator} */
    static long openAllocator(Mapping mapping) {
        try {
            return Downcalls.requireMemory("asmjit",
                    (long) OPEN.invokeExact(AsmjitShim.functions().open(), mapping == Mapping.DUAL ? 1 : 0));
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /** Returns the executable address, or 0; stores the writable one at {@code writableOut} unless that is 0. */
    abstract long allocateIn(long byteSize, long writableOut) throws Throwable;

    abstract long writableOf(long address) throws Throwable;

    abstract int release(long address) throws Throwable;

    @Override
    public long allocate(int slot, long byteSize) {
        try {
            if (mapping == Mapping.SINGLE) {
                return Downcalls.requireMemory("asmjit", allocateIn(byteSize, 0));
            }
            Pending mine = pending.get();
            mine.address = Downcalls.requireMemory("asmjit", allocateIn(byteSize, mine.writableOutAddress));
            return mine.address;
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void write(long address, MemorySegment source, long byteSize) {
        long writable = mapping == Mapping.SINGLE ? address : writable(address);
        MemorySegment.copy(source, 0, RawMemory.EVERYTHING, writable, byteSize);
    }

    private long writable(long address) {
        Pending mine = pending.get();
        if (mine.address == address) {
            // Valid once: later, another thread may have freed the block and asmjit mapped a new one there.
            mine.address = 0;
            return mine.writableOut.get(JAVA_LONG, 0);
        }
        try {
            return Downcalls.requireMemory("asmjit", writableOf(address));
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        try {
            int error = release(address);
            if (error != 0) {
                throw new MemoryRefusedException("JitAllocator::release", "error " + error);
            }
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void close() {
        try {
            CLOSE.invokeExact(functions.close(), allocator);
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    private static final class Ordinary extends AsmjitMemory {

        private static final MethodHandle ALLOCATE = Downcalls.ordinary(Downcalls.ALLOCATE_IN);
        private static final MethodHandle WRITABLE = Downcalls.ordinary(Downcalls.WRITABLE);
        private static final MethodHandle RELEASE = Downcalls.ordinary(Downcalls.RELEASE);

        Ordinary(Mapping mapping) {
            super(mapping);
        }

        @Override
        long allocateIn(long byteSize, long writableOut) throws Throwable {
            return (long) ALLOCATE.invokeExact(functions.allocate(), allocator, byteSize, writableOut);
        }

        @Override
        long writableOf(long address) throws Throwable {
            return (long) WRITABLE.invokeExact(functions.writable(), allocator, address);
        }

        @Override
        int release(long address) throws Throwable {
            return (int) RELEASE.invokeExact(functions.release(), allocator, address);
        }
    }

    private static final class Critical extends AsmjitMemory {

        private static final MethodHandle ALLOCATE = Downcalls.critical(Downcalls.ALLOCATE_IN);
        private static final MethodHandle WRITABLE = Downcalls.critical(Downcalls.WRITABLE);
        private static final MethodHandle RELEASE = Downcalls.critical(Downcalls.RELEASE);

        Critical(Mapping mapping) {
            super(mapping);
        }

        @Override
        long allocateIn(long byteSize, long writableOut) throws Throwable {
            return (long) ALLOCATE.invokeExact(functions.allocate(), allocator, byteSize, writableOut);
        }

        @Override
        long writableOf(long address) throws Throwable {
            return (long) WRITABLE.invokeExact(functions.writable(), allocator, address);
        }

        @Override
        int release(long address) throws Throwable {
            return (int) RELEASE.invokeExact(functions.release(), allocator, address);
        }
    }
}
