package dev.ashlar.bench.rivals;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MemoryRefusedException;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * asmjit's JitAllocator with all of its own choices: freed code is not overwritten, blocks are multiples of 64 bytes.
 * The code is copied by Java; publishing costs nothing on x86-64.
 *
 * <p>With code mapped twice, {@link #allocate} notes for its thread where the new block can be written, as a JIT would
 * keep both addresses until it has written the code. Any other {@link #write} asks asmjit.
 */
final class AsmjitMemory implements BlockMemory {

    /** What a thread allocated last and has not yet written. */
    private static final class Pending {
        private final MemorySegment writableOut = Arena.ofAuto().allocate(JAVA_LONG);
        private final long writableOutAddress = writableOut.address();
        private long address;
    }

    private final String label;
    private final Asmjit asmjit;
    private final Asmjit.Mapping mapping;
    private final long allocator;
    private final ThreadLocal<Pending> pending = ThreadLocal.withInitial(Pending::new);

    private AsmjitMemory(String label, Asmjit asmjit, Asmjit.Mapping mapping, long allocator) {
        this.label = label;
        this.asmjit = asmjit;
        this.mapping = mapping;
        this.allocator = allocator;
    }

    static AsmjitMemory open(String label, Asmjit asmjit, Asmjit.Mapping mapping) {
        return new AsmjitMemory(label, asmjit, mapping, Downcalls.requireMemory(label, asmjit.open(mapping)));
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public long allocate(long byteSize) {
        if (mapping == Asmjit.Mapping.SINGLE) {
            return Downcalls.requireMemory(label, asmjit.allocate(allocator, byteSize, 0));
        }
        Pending mine = pending.get();
        mine.address = Downcalls.requireMemory(label,
                asmjit.allocate(allocator, byteSize, mine.writableOutAddress));
        return mine.address;
    }

    @Override
    public void write(long address, MemorySegment source, long byteSize) {
        long writable = mapping == Asmjit.Mapping.SINGLE ? address : writable(address);
        MemorySegment.copy(source, 0, RawMemory.EVERYTHING, writable, byteSize);
    }

    private long writable(long address) {
        Pending mine = pending.get();
        if (mine.address != address) {
            return Downcalls.requireMemory(label, asmjit.writable(allocator, address));
        }
        // Used once: by the next time another thread may have freed the block and asmjit mapped a new one there.
        mine.address = 0;
        return mine.writableOut.get(JAVA_LONG, 0);
    }

    @Override
    public void publish(long address, long byteSize) {
        // Instruction fetch sees what was written before; only patched code would need more.
    }

    @Override
    public void free(long address, long byteSize) {
        int error = asmjit.release(allocator, address);
        if (error != 0) {
            throw new MemoryRefusedException("JitAllocator::release", "error " + error);
        }
    }

    @Override
    public long mprotectCallCount() {
        return 0;
    }

    @Override
    public void close() {
        asmjit.close(allocator);
    }
}
