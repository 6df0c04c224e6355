package dev.ashlar.heap;

import dev.ashlar.memory.Temperature;
import dev.ashlar.region.SharedArenas;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;

/** Blocks that the caller frees when it knows that none of them is used. The close of the heap ends them all. */
public final class Unmanaged extends Lifetime {
    Unmanaged(Zones zones, Space first) {
        super(zones, first, SharedArenas.open());
        keepReachable();
    }

    @Override
    public void requireOpen() {
        first.requireOpen();
    }

    @Override
    public long take(long byteSize) {
        return first.take(byteSize, Holder.OBJECT);
    }

    @Override
    public long take(Space space, long byteSize, long byteAlignment, Temperature temperature) {
        return space.take(byteSize, byteAlignment, temperature, Holder.OBJECT);
    }

    @Override
    public void undo(Space space, long offset) {
        space.undo(offset, Holder.OBJECT);
    }

    @Override
    public void adopt(List<Piece> pieces) {}

    @Override
    public boolean isFreedByCaller() {
        return true;
    }

    @Override
    public String freedBy() {
        return "the caller";
    }

    @Override
    public <T> T during(Call<T> call) {
        return call.make();
    }

    /** {@inheritDoc} Of no arena: a call costs less. */
    @Override
    public MemorySegment target(long offset, long byteSize) {
        return MemorySegment.ofAddress(first.base() + offset);
    }

    @Override
    public MethodHandle keepingHeap(MethodHandle handle) {
        // An argument that is dropped costs nothing per call.
        return MethodHandles.insertArguments(MethodHandles.dropArguments(handle, 0, Zones.class), 0, zones);
    }

    @Override
    public String name() {
        return "heap " + zones.name();
    }
}
