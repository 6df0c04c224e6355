package dev.ashlar.bench.designs;

import dev.ashlar.bench.rivals.MappingPerFunction;
import dev.ashlar.bench.rivals.RawMemory;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is timed: a design with whatever is done to the memory of its blocks. A place is an offset or an address, as the
 * site likes it.
 */
sealed interface Site {

    /** What every site fills freed code with: int3. */
    byte TRAP = (byte) 0xcc;

    long allocate(int byteSize);

    void free(long place, int byteSize);

    /** Nothing is written: the design alone. */
    record Placed(PlacementDesign design) implements Site {
        @Override
        public long allocate(int byteSize) {
            return design.allocate(byteSize);
        }

        @Override
        public void free(long place, int byteSize) {
            design.free(place, byteSize);
        }
    }

    /** Nothing is written, and threads take turns: what a design for one thread needs when there are more. */
    record Locked(PlacementDesign design, ReentrantLock lock) implements Site {
        @Override
        public long allocate(int byteSize) {
            lock.lock();
            try {
                return design.allocate(byteSize);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void free(long place, int byteSize) {
            lock.lock();
            try {
                design.free(place, byteSize);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Contents are copied in; the design itself wipes what is freed. */
    record Written(PlacementDesign design, Contents contents) implements Site {
        @Override
        public long allocate(int byteSize) {
            long place = design.allocate(byteSize);
            contents.write(place, byteSize);
            return place;
        }

        @Override
        public void free(long place, int byteSize) {
            design.free(place, byteSize);
        }
    }

    /** Contents are copied in; what is freed is wiped here. */
    record WrittenAndWiped(PlacementDesign design, Contents contents) implements Site {
        @Override
        public long allocate(int byteSize) {
            long place = design.allocate(byteSize);
            contents.write(place, byteSize);
            return place;
        }

        @Override
        public void free(long place, int byteSize) {
            contents.wipe(place, byteSize);
            design.free(place, byteSize);
        }
    }

    /** A mapping of its own for every block, by the kernel; never touched. */
    record Mapped(MappingPerFunction mappings) implements Site {
        @Override
        public long allocate(int byteSize) {
            return mappings.allocate(byteSize);
        }

        @Override
        public void free(long place, int byteSize) {
            mappings.free(place, byteSize);
        }
    }

    /** The same with contents, made executable; unmapping wipes it. */
    record MappedAndWritten(MappingPerFunction mappings, MemorySegment code) implements Site {
        @Override
        public long allocate(int byteSize) {
            long place = mappings.allocate(byteSize);
            mappings.write(place, code, byteSize);
            mappings.publish(place, byteSize);
            return place;
        }

        @Override
        public void free(long place, int byteSize) {
            mappings.free(place, byteSize);
        }
    }

    /**
     * Memory behind a span.
     *
     * @param base the address at which the span's first byte can be written
     * @param byteSize bytes from there that may be written
     * @param code what is written, at least as long as the longest block
     */
    record Contents(long base, long byteSize, MemorySegment code) {

        void write(long offset, int blockByteSize) {
            if (offset + blockByteSize > byteSize) {
                throw new IllegalStateException("a block lies behind the memory: offset=" + offset + ", byteSize="
                        + blockByteSize + ", memory=" + byteSize);
            }
            MemorySegment.copy(code, 0, RawMemory.EVERYTHING, base + offset, blockByteSize);
        }

        void wipe(long offset, int blockByteSize) {
            RawMemory.EVERYTHING.asSlice(base + offset, blockByteSize).fill(TRAP);
        }
    }
}
