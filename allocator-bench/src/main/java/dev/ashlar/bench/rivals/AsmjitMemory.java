package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * asmjit's JitAllocator: blocks are multiples of 64 bytes. By default, freed code is not overwritten. Java copies the
 * code; publishing is free on x86-64.
 *
 * <p>If code is mapped twice, {@link #allocate} notes the writable address of the new block for its thread, as a JIT
 * compiler keeps both addresses until it has written the code. Any other {@link #write} asks asmjit.
 */
final class AsmjitMemory implements BlockMemory {

    private static final FunctionDescriptor ALLOCATE = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG);
    private static final FunctionDescriptor WRITABLE = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor RELEASE = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle OPEN = Downcalls.ordinary(FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE = Downcalls.ordinary(FunctionDescriptor.ofVoid(JAVA_LONG));
    private static final MethodHandle ORDINARY_ALLOCATE = Downcalls.ordinary(ALLOCATE);
    private static final MethodHandle ORDINARY_WRITABLE = Downcalls.ordinary(WRITABLE);
    private static final MethodHandle ORDINARY_RELEASE = Downcalls.ordinary(RELEASE);
    private static final MethodHandle CRITICAL_ALLOCATE = Downcalls.critical(ALLOCATE);
    private static final MethodHandle CRITICAL_WRITABLE = Downcalls.critical(WRITABLE);
    private static final MethodHandle CRITICAL_RELEASE = Downcalls.critical(RELEASE);

    private final Functions functions = Functions.load();
    private final long allocator;
    private final boolean dual;
    private final boolean critical;
    private final ThreadLocal<Pending> pending = ThreadLocal.withInitial(Pending::new);

    AsmjitMemory(Setting setting, Downcalls.Mode mode) {
        this.dual = setting == Setting.DUAL;
        this.critical = mode == Downcalls.Mode.CRITICAL;
        this.allocator = functions.openAllocator(setting);
    }

    /**
     * The functions of {@code asmjit_shim.cpp}.
     *
     * @param open {@code void* (unsigned options)}
     * @param allocate {@code void* (void* allocator, size_t byteSize, void** writable)}
     * @param writable {@code void* (void* allocator, void* address)}
     * @param release {@code unsigned (void* allocator, void* address)}
     * @param close {@code void (void* allocator)}
     */
    record Functions(MemorySegment open, MemorySegment allocate, MemorySegment writable, MemorySegment release,
            MemorySegment close) {

        static final String NEEDS = "a C++ compiler and asmjit (Debian: apt-get install g++ libasmjit-dev)";

        /**
         * Loads the functions; compiles them on first use.
         *
         * @throws RivalUnavailableException if the compiler or asmjit is not installed
         */
        static Functions load() {
            SharedLibrary library = ShimCompiler.library("asmjit_shim.cpp", NEEDS, "-lasmjit");
            return new Functions(library.function("ashlar_asmjit_open"), library.function("ashlar_asmjit_allocate"),
                    library.function("ashlar_asmjit_writable"), library.function("ashlar_asmjit_release"),
                    library.function("ashlar_asmjit_close"));
        }

        /** {@return a new JitAllocator} */
        long openAllocator(Setting setting) {
            try {
                return Downcalls.requireMemory("asmjit", (long) OPEN.invokeExact(open, setting.options));
            } catch (Throwable thrown) {
                throw Downcalls.unchecked(thrown);
            }
        }
    }

    /** Options of asmjit, by the bits of its {@code JitAllocatorOptions}. */
    enum Setting {
        /** The default: writable and executable at the same address, and freed code stays. */
        PLAIN(0),
        /** Mapped twice: writable at one address, executable at another. */
        DUAL(1),
        /** New memory and freed code is filled with traps, as in a code heap. */
        FILL(4);

        private final int options;

        Setting(int options) {
            this.options = options;
        }
    }

    /** The last block that a thread allocated and has not written. */
    private static final class Pending {
        private final MemorySegment writableOut = Arena.ofAuto().allocate(JAVA_LONG);
        private final long writableOutAddress = writableOut.address();
        private long address;
    }

    @Override
    public long allocate(int slot, long byteSize) {
        try {
            if (!dual) {
                return allocate(byteSize, 0L);
            }
            Pending mine = pending.get();
            mine.address = allocate(byteSize, mine.writableOutAddress);
            return mine.address;
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    /** Returns the executable address; stores the writable one at {@code writableOut} unless that is 0. */
    private long allocate(long byteSize, long writableOut) throws Throwable {
        return Downcalls.requireMemory("asmjit", critical
                ? (long) CRITICAL_ALLOCATE.invokeExact(functions.allocate(), allocator, byteSize, writableOut)
                : (long) ORDINARY_ALLOCATE.invokeExact(functions.allocate(), allocator, byteSize, writableOut));
    }

    @Override
    public void write(long address, MemorySegment source, long byteSize) {
        MemorySegment.copy(source, 0, RawMemory.EVERYTHING, dual ? writable(address) : address, byteSize);
    }

    private long writable(long address) {
        Pending mine = pending.get();
        if (mine.address == address) {
            // Valid once: later, another thread may have freed the block and asmjit mapped a new one there.
            mine.address = 0;
            return mine.writableOut.get(JAVA_LONG, 0);
        }
        try {
            return Downcalls.requireMemory("asmjit", critical
                    ? (long) CRITICAL_WRITABLE.invokeExact(functions.writable(), allocator, address)
                    : (long) ORDINARY_WRITABLE.invokeExact(functions.writable(), allocator, address));
        } catch (Throwable thrown) {
            throw Downcalls.unchecked(thrown);
        }
    }

    @Override
    public void free(int slot, long address, long byteSize) {
        try {
            int error = critical
                    ? (int) CRITICAL_RELEASE.invokeExact(functions.release(), allocator, address)
                    : (int) ORDINARY_RELEASE.invokeExact(functions.release(), allocator, address);
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
}
