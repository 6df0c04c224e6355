package dev.ashlar;

import dev.ashlar.heap.Arguments;
import dev.ashlar.heap.CodePatcher;
import dev.ashlar.heap.Space;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Temperature;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.slab.Holder;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The blocks of one domain of a {@link CodeHeap} held by raw addresses, for callers who keep their own records: no
 * call allocates a Java object, except to throw. Blocks of code are filled with trapping instructions until they are
 * written. The contents of others are undefined; what is said here of code that runs is true of constants that are
 * read. Data can be written at all times, and needs no {@link #publish}.
 *
 * <p>A block taken here is used and freed here. A second free is found until the address is handed out again. All
 * methods may be called by any thread. Each throws {@link HeapClosedException} after the heap is closed.
 */
public final class CodeAddresses {
    private final Space space;
    private final CodePatcher patcher;
    private final long base;

    CodeAddresses(Zones zones, Space space) {
        this.space = space;
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
        Arguments.requireRange(space, start, offset, byteSize, usable);
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
        space.notePublishedAt(address);
    }

    /**
     * Replaces bytes of a block while other threads may run it; see {@link Patchable} for the effect and for what
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
     * @throws UnsupportedOperationException if these are not blocks of code, as of the other changes
     */
    public void patch(long address, long offset, long value, int byteSize) {
        long start = startOfCode("patch", address);
        var _ = patcher.patch(start, space.heldByteSize("patch", address, start), offset, value, byteSize);
    }

    /**
     * Replaces bytes of a block while other threads may run it, if they are what the caller expects; see {@link
     * Patchable#compareAndPatch} and {@link #patch}.
     *
     * @param address the block's first address
     * @param offset bytes from there
     * @param expected its lowest bytes are what must be there, in little-endian order
     * @param value its lowest bytes are written, in little-endian order
     * @param byteSize bytes to compare and replace, 1 to 8
     * @return whether the bytes were as expected, and so were replaced
     * @throws WrongAddressException if no block held by its address starts there
     * @throws IllegalArgumentException as of {@link #patch}
     * @throws WritePathException if the heap's write path is not {@link dev.ashlar.memory.WritePath#ALIAS}
     * @throws UnsupportedHostException if this host has no barrier for all cores
     */
    public boolean compareAndPatch(long address, long offset, long expected, long value, int byteSize) {
        long start = startOfCode("compareAndPatch", address);
        long usable = space.heldByteSize("compareAndPatch", address, start);
        return patcher.compareAndPatch(start, usable, offset, expected, value, byteSize);
    }

    /**
     * Leads a call or a jump in a block to another target while other threads may run it; see {@link
     * Patchable#patchCall} and {@link #patch}.
     *
     * @param address the block's first address
     * @param offset where the instruction starts, in bytes from there
     * @param target the address of the instruction to lead to
     * @throws WrongAddressException if no block held by its address starts there
     * @throws NotReachableException if rel32 does not reach the target; the code is unchanged
     * @throws IllegalArgumentException if no call or jump with a rel32 lies there, or its rel32 in two aligned words of
     *     8 bytes
     * @throws WritePathException if the heap's write path is not {@link dev.ashlar.memory.WritePath#ALIAS}
     * @throws UnsupportedHostException if this host has no barrier for all cores
     */
    public void patchCall(long address, long offset, long target) {
        long start = startOfCode("patchCall", address);
        var _ = patcher.patchCall(start, space.heldByteSize("patchCall", address, start), offset, target);
    }

    private long startOfCode(String action, long address) {
        Domain domain = space.zone().domain();
        if (domain != Domain.CODE) {
            throw new UnsupportedOperationException(
                    action + " failed: these are blocks of domain " + domain + ", which is not run");
        }
        return space.offsetOf(action, address);
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
        Arguments.requireSmaller(space, start, byteSize, space.blocks().usableByteSize(start));
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
