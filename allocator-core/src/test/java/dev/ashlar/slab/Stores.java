package dev.ashlar.slab;

import dev.ashlar.buddy.FakeRegionSource;
import dev.ashlar.buddy.RunAllocator;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Health;

/** Stores and parts of stores over regions without a kernel, with capacity for one owner per processor. */
final class Stores {
    private Stores() {}

    static BlockStore over(FakeRegionSource source, Eraser eraser) {
        return new BlockStore(source, eraser, new Object(), new Health("store"), () -> 1L << 30);
    }

    static BlockStore of(int regionCount) {
        return over(new FakeRegionSource(regionCount), Eraser.NONE);
    }

    /** Takes a block as a heap does: first a parked one, then a new one. */
    static long allocate(BlockStore store, long byteSize, int log2Alignment, Temperature temperature, Holder holder) {
        boolean mayBeParked = log2Alignment == SizeClasses.LOG2_QUANTUM && temperature == Temperature.HOT;
        long parked = mayBeParked ? store.reuse(byteSize, holder) : -1;
        return parked >= 0 ? parked : store.allocate(byteSize, log2Alignment, temperature, holder);
    }

    /** Takes a block for hot code. */
    static long allocate(BlockStore store, long byteSize, int log2Alignment, Holder holder) {
        return allocate(store, byteSize, log2Alignment, Temperature.HOT, holder);
    }

    static RunSpace space(int regionCount, Eraser eraser) {
        RunAllocator runs = new RunAllocator(new FakeRegionSource(regionCount));
        return new RunSpace(runs, regionCount, eraser, new Object(), new Health("store"));
    }

    /** {@return magazines that are not empty, so that an allocation of a slot parks no others} */
    static long[] takingOneSlot() {
        long[] stacks = Magazines.empty();
        for (int sizeClass = 0; sizeClass < Magazines.CLASS_COUNT; sizeClass++) {
            stacks[Magazines.stackOf(sizeClass)] = 1;
        }
        return stacks;
    }

    /** {@return the owners of a heap with capacity for very many} */
    static Owners owners(RunSpace space, int processorCount) {
        return Owners.forThreads(space, () -> 1L << 30, processorCount);
    }
}
