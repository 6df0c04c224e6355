package dev.ashlar;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Refusal;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.report.WrongAddressException.Reason;
import dev.ashlar.slab.FreeResult;
import java.util.Locale;

/** The texts of a heap's errors, each in one place. */
final class HeapErrors {
    private HeapErrors() {}

    static HeapClosedException closed(String name) {
        return new HeapClosedException("heap " + name + " is closed");
    }

    static IllegalArgumentException capacity(long byteSize, long largest) {
        return new IllegalArgumentException(
                "capacity out of range: byteSize=" + byteSize + ", allowed=1 to " + largest);
    }

    static IllegalArgumentException otherCapacity(long byteSize, long largest) {
        return new IllegalArgumentException(
                "capacity out of range: byteSize=" + byteSize + ", allowed=0 to " + largest);
    }

    static IllegalArgumentException capacities(long code, long constants, long data, long largest) {
        return new IllegalArgumentException("the capacities together are out of reach of each other: code=" + code
                + ", constants=" + constants + ", data=" + data + ", allowed together, with 2 MiB between each two="
                + largest);
    }

    static IllegalArgumentException size(long byteSize, long capacityByteSize) {
        return new IllegalArgumentException("size out of range: byteSize=" + byteSize
                + ", allowed=1 to the heap's capacity, capacity=" + capacityByteSize);
    }

    static IllegalArgumentException negative(long byteSize) {
        return new IllegalArgumentException("size is negative: byteSize=" + byteSize);
    }

    static IllegalArgumentException alignment(long byteAlignment, long largest) {
        return new IllegalArgumentException("alignment is no power of two in range: byteAlignment=" + byteAlignment
                + ", allowed=1 to " + largest);
    }

    static IllegalArgumentException range(long offset, long byteSize, long usableByteSize) {
        return new IllegalArgumentException("range lies outside the block: offset=" + offset + ", byteSize=" + byteSize
                + ", usable=" + usableByteSize);
    }

    static IllegalArgumentException grow(long byteSize, long usableByteSize) {
        return new IllegalArgumentException("a block can only be made smaller: byteSize=" + byteSize
                + ", allowed=1 to " + usableByteSize);
    }

    static WrongAddressException foreign(String action, long address, Access access) {
        return new WrongAddressException(
                action, address, Reason.FOREIGN, "The address lies outside the heap's " + access + " view.");
    }

    /** As {@link #wrong}, for what is held by an object. */
    static WrongAddressException wrongObject(String action, long address, FreeResult verdict) {
        return verdict == FreeResult.HELD_OTHERWISE
                ? new WrongAddressException(action, address, Reason.HELD_BY_ADDRESS,
                        "The memory was taken by its address: free that.")
                : wrong(action, address, verdict);
    }

    static WrongAddressException otherScope(long address) {
        return new WrongAddressException("free", address, Reason.HELD_BY_OBJECT,
                "The segment is none of the heap's own: where an arena gave it out, close that.");
    }

    static WrongAddressException wrong(String action, long address, FreeResult verdict) {
        return switch (verdict) {
            case NOT_LIVE -> new WrongAddressException(action, address, Reason.NOT_LIVE,
                    "No live block is there: it was never allocated, or freed before.");
            case INTERIOR -> new WrongAddressException(action, address, Reason.INTERIOR,
                    "Give the block's first address; blockContaining tells it.");
            case HELD_OTHERWISE -> new WrongAddressException(action, address, Reason.HELD_BY_OBJECT,
                    "An object holds this memory, a block or a segment or an arena: use that.");
            case DONE -> throw new IllegalArgumentException("no error: " + action);
        };
    }

    static BlockStateException inUse(String name, IllegalStateException cause) {
        return new BlockStateException("close failed: a running downcall was given a segment of heap " + name
                + "; close it when that call has returned (" + cause.getMessage() + ")");
    }

    static BlockStateException arenasOpen(String name) {
        return new BlockStateException(
                "close failed: arenas of heap " + name + " are open; close the heap when they are closed");
    }

    static NotReachableException notReachable(long address, long byteSize) {
        return new NotReachableException("no room within rel32 reach: address=0x" + Long.toHexString(address)
                + ", span=" + byteSize + " bytes. Ask for a smaller capacity, or build the heap earlier.");
    }

    static UnsupportedHostException unreadable(String name) {
        return new UnsupportedHostException("audit of heap " + name + " failed: /proc/self/maps cannot be read; mount"
                + " /proc, or leave this process some descriptors (ulimit -n)");
    }

    static BlockStateException publishedInPlace(String action) {
        return new BlockStateException(action + " failed: the block is published, and on write path in-place its memory"
                + " cannot be written any more, needed: writable");
    }

    static BlockStateException batchesOpen(String name) {
        return new BlockStateException("close failed: batches of heap " + name
                + " are open; publish or abandon them, then close the heap");
    }

    static BlockStateException batchOver(String action, String state) {
        return new BlockStateException(action + " failed: the batch is " + state + ", needed: open");
    }

    static BlockStateException batchFreed(String action) {
        return new BlockStateException(action + " failed: the batch is freed, needed: not freed");
    }

    static BlockStateException batchInUse(String action, IllegalStateException cause) {
        return new BlockStateException(action + " failed: a running downcall was given a section of the batch ("
                + cause.getMessage() + ")");
    }

    static BlockStateException unit(String action, String state, String needed) {
        return new BlockStateException(action + " failed: the unit is " + state + ", needed: " + needed);
    }

    static IllegalArgumentException patchSize(int byteSize, int largest) {
        return new IllegalArgumentException(
                "patch size out of range: byteSize=" + byteSize + ", allowed=1 to " + largest);
    }

    static IllegalArgumentException patchCrosses(long offset, int byteSize, long inWord) {
        return new IllegalArgumentException("a patch must lie in one aligned word of 8 bytes, or other threads may run"
                + " half of it: offset=" + offset + ", byteSize=" + byteSize + ", bytes into its word=" + inWord
                + ". Align the field when the code is generated, with nops before the instruction.");
    }

    static IllegalArgumentException patchValue(long value, int byteSize) {
        return new IllegalArgumentException("value does not fit: value=" + value + " (0x" + Long.toHexString(value)
                + "), byteSize=" + byteSize);
    }

    static UnsupportedHostException notPatched(Refusal refusal) {
        return new UnsupportedHostException("patch failed, the code is as it was. " + refusal.describe());
    }

    static IllegalArgumentException trampolineCount(int count) {
        return new IllegalArgumentException(
                "count of trampolines out of range: count=" + count + ", allowed=1 or more");
    }

    static IllegalArgumentException target(long target) {
        return new IllegalArgumentException("no address of user space: target=0x" + Long.toHexString(target));
    }

    static NotReachableException cellNotReachable(long stub, long cell) {
        return new NotReachableException("a trampoline does not reach the heap's zone for data: stub=0x"
                + Long.toHexString(stub) + ", cell=0x" + Long.toHexString(cell)
                + ". Ask for smaller capacities (CodeHeapBuilder.capacity, constantCapacity, dataCapacity).");
    }

    static BlockStateException trampoline(String action, Trampoline.State state) {
        return new BlockStateException(action + " failed: "
                + (state == Trampoline.State.FREED ? "the trampoline is freed" : "the trampoline's pool is closed"));
    }

    static BlockStateException poolClosed(String action) {
        return new BlockStateException(action + " failed: the pool of trampolines is closed");
    }

    static BlockStateException freed(String action) {
        return new BlockStateException(action + " failed: the block is freed, needed: not freed");
    }

    static BlockStateException state(String action, CodeBlock.State state, CodeBlock.State needed) {
        String found = state.name().toLowerCase(Locale.ROOT);
        return new BlockStateException(
                action + " failed: the block is " + found + ", needed: " + needed.name().toLowerCase(Locale.ROOT));
    }
}
