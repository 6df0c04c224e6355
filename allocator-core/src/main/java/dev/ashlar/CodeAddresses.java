package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.CodePatcher;
import dev.ashlar.heap.Space;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.Temperature;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The blocks of a {@link CodeHeap} held by raw addresses, for callers who keep their own records: no call allocates a
 * Java object, except to throw.
 *
 * <p>A block taken here is used and freed here. A second free is found until the address is handed out again. All
 * methods may be called by any thread. Each throws {@link HeapClosedException} after the heap is closed.
 */
public final class CodeAddresses {
    private final Space space;
    private final CodePatcher patcher;
    private final long base;

    CodeAddresses(Zones zones) {
        this.space = zones.first();
        this.patcher = zones.patcher();
        this.base = space.base();
    }

    /**
     * Takes a block, aligned to 16 bytes.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @return the address at which its code will run; the caller frees it
     * @throws IllegalArgumentException if the size is out of range
     * @throws HeapExhaustedException if there is no room
     */
    public long allocate(long byteSize) {
        return base + space.take(byteSize, Holder.ADDRESS);
    }

    /**
     * Takes a block at an aligned address.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link CodeHeap#LARGEST_ALIGNMENT}
     * @return the address at which its code will run; the caller frees it
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     */
    public long allocate(long byteSize, long byteAlignment) {
        return base + space.take(byteSize, byteAlignment, Holder.ADDRESS);
    }

    /**
     * Takes a block at an aligned address, near others that are expected to run as often: cold blocks lie in regions of
     * their own if the span has room for that.
     *
     * @param byteSize bytes, 1 to the heap's capacity
     * @param byteAlignment a power of two, 1 to {@link CodeHeap#LARGEST_ALIGNMENT}
     * @param temperature how often the code is expected to run
     * @return the address at which its code will run; the caller frees it
     * @throws IllegalArgumentException if size or alignment is out of range
     * @throws HeapExhaustedException if there is no room
     */
    public long allocate(long byteSize, long byteAlignment, Temperature temperature) {
        return base + space.take(
                byteSize, byteAlignment, Objects.requireNonNull(temperature, "temperature"), Holder.ADDRESS);
    }

    /**
     * {@return the address at which a byte of a live block can be written}
     *
     * @param address an address inside a live block, as code would run there
     * @throws WrongAddressException if no live block contains the address
     * @throws WritePathException if the heap's write path is POKE: there is no such address
     * @throws BlockStateException if the block is published and the write path is IN_PLACE
     */
    public long writable(long address) {
        return space.addressToWrite(address);
    }

    /**
     * Copies code into a block, before it is published.
     *
     * @param address the block's first address
     * @param offset bytes from there
     * @param source the bytes; on the Java heap or native
     * @param sourceOffset where in {@code source} to start
     * @param byteSize bytes to copy
     * @throws WrongAddressException if no block held by its address starts there
     * @throws IllegalArgumentException if the range lies outside the block's usable size
     * @throws IndexOutOfBoundsException if it lies outside {@code source}
     */
    public void write(long address, long offset, MemorySegment source, long sourceOffset, long byteSize) {
        Objects.requireNonNull(source, "source");
        long start = space.offsetOf("write", address);
        long usable = space.heldByteSize("write", address, start);
        Arguments.requireRange(offset, byteSize, usable);
        space.write("write", start + offset, source, sourceOffset, byteSize);
    }

    /**
     * Makes what was written to a block callable by every thread that receives its address through a properly published
     * reference.
     *
     * @param address the block's first address
     * @throws WrongAddressException if no block held by its address starts there
     * @throws WritePathException if the kernel refused, on write path IN_PLACE
     */
    public void publish(long address) {
        space.publishAt(address);
    }

    /**
     * Replaces bytes of a block while other threads may run it; see {@link CodeBlock#patch} for the effect and for what
     * the caller promises. The caller also promises that no thread frees the block meanwhile.
     *
     * @param address the block's first address
     * @param offset bytes from there
     * @param value its lowest bytes are written, in little-endian order
     * @param byteSize bytes to replace, 1 to 8
     * @throws WrongAddressException if no block held by its address starts there
     * @throws IllegalArgumentException if the bytes lie outside the block's usable size or in more than one aligned
     *     word of 8 bytes, or if the value does not fit
     * @throws WritePathException if the heap's write path is not {@link dev.ashlar.memory.WritePath#ALIAS}
     * @throws UnsupportedHostException if this host has no barrier for all cores
     */
    public void patch(long address, long offset, long value, int byteSize) {
        long start = space.offsetOf("patch", address);
        patcher.patch(start, space.heldByteSize("patch", address, start), offset, value, byteSize);
    }

    /**
     * Gives the end of a block back, as far as its kind of place allows.
     *
     * @param address the block's first address
     * @param byteSize bytes to keep, 1 to its usable size; the heap takes back what lies beyond
     * @return its usable size afterwards
     * @throws WrongAddressException if no block held by its address starts there
     * @throws IllegalArgumentException if the size is out of range
     */
    public long shrink(long address, long byteSize) {
        long start = space.startOf("shrink", address);
        Arguments.requireSmaller(byteSize, space.blocks().usableByteSize(start));
        space.shrink(start, byteSize, Holder.ADDRESS);
        return space.blocks().usableByteSize(start);
    }

    /**
     * Frees a block: its memory may be used again, and is filled with trapping instructions before that. The caller
     * promises that no thread runs in it.
     *
     * @param address the block's first address
     * @throws WrongAddressException if no block held by its address starts there
     */
    public void free(long address) {
        space.freeAt(address);
    }

    /**
     * {@return the bytes that a block may use: those asked for, rounded up to its place}
     *
     * @param address the first address of a live block, however it is held
     * @throws WrongAddressException if no live block starts there
     */
    public long usableByteSize(long address) {
        return space.usableByteSize(address);
    }

    /**
     * {@return the first address of the live block that contains {@code address}, or 0 if none does}
     *
     * @param address any address; one outside the heap is contained in no block
     */
    public long blockContaining(long address) {
        return space.blockContaining(address);
    }
}
