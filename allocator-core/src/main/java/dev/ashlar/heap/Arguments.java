package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Frame;
import dev.ashlar.region.Region;
import dev.ashlar.slab.BlockStore;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/** Checks of arguments that no heap could serve, each with the text of its error. */
public final class Arguments {
    /** The largest alignment in bytes: a region. */
    public static final long LARGEST_ALIGNMENT = Region.BYTE_SIZE;

    /** memfd_create(2) allows 249 bytes; the backing's label follows the name. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,200}");

    /** Bytes of the aligned word that a patch lies in. */
    private static final int PATCH_WORD_BYTE_SIZE = Long.BYTES;

    /** Less than a group's close waits for an allocation. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final int LONGEST_CODE_NAME = 1000;

    private Arguments() {}

    /** {@return {@code name}, if code may have it} */
    public static String requireCodeName(String name) {
        Objects.requireNonNull(name, "name");
        if (name.isEmpty() || name.length() > LONGEST_CODE_NAME) {
            throw new IllegalArgumentException("the name of code must have 1 to " + LONGEST_CODE_NAME
                    + " characters: it has " + name.length());
        }
        return name;
    }

    /** {@return {@code name}, if a heap may have it} */
    public static String requireName(String name) {
        Objects.requireNonNull(name, "heapName");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name must match " + NAME.pattern() + ": \"" + name + "\"");
        }
        return name;
    }

    /** Checks that a part that is not empty lies in a section. */
    public static void requirePart(long partOffset, long partByteSize, long byteSize) {
        if (partOffset < 0 || partByteSize < 1 || partByteSize > byteSize - partOffset) {
            throw new IllegalArgumentException("the part lies outside the section: partOffset=" + partOffset
                    + ", partByteSize=" + partByteSize + ", the section has " + byteSize + " bytes");
        }
    }

    /** Checks that the frame of a part can be found: by granules of the block. */
    public static void requireFramed(long partOffset, Frame frame) {
        if (!frame.isStandard() && partOffset % BlockStore.MINIMUM_ALIGNMENT != 0) {
            throw new IllegalArgumentException("a part with a frame of its own must start at a multiple of "
                    + BlockStore.MINIMUM_ALIGNMENT + " bytes: partOffset=" + partOffset);
        }
    }

    /** {@return a capacity of at least {@code least} bytes, rounded up to whole regions} */
    public static long requireCapacity(long byteSize, long least, long largest) {
        if (byteSize < least || byteSize > largest) {
            throw new IllegalArgumentException(
                    "capacity out of range: byteSize=" + byteSize + ", allowed=" + least + " to " + largest);
        }
        return Region.roundUp(byteSize);
    }

    /** {@return what to throw if zones of these sizes do not reach each other} */
    public static IllegalArgumentException capacitiesOutOfReach(long code, long constants, long data, long largest) {
        return new IllegalArgumentException(
                "the capacities together are too large to reach each other: code=" + code + ", constants="
                        + constants + ", data=" + data + ", allowed together, with a guard of " + Region.BYTE_SIZE
                        + " bytes between each two=" + largest);
    }

    /** Checks the size of a block in the zone of a domain, whose capacity is not that of the heap's other zones. */
    static void requireSize(long byteSize, long capacityByteSize, Domain domain, String heapName) {
        if (byteSize < 1 || byteSize > capacityByteSize) {
            throw new IllegalArgumentException("size out of range: byteSize=" + byteSize + ", allowed=1 to "
                    + capacityByteSize + ", the capacity of heap " + heapName + " for " + domain);
        }
    }

    static void requireNotNegative(long byteSize) {
        if (byteSize < 0) {
            throw new IllegalArgumentException("size is negative: byteSize=" + byteSize);
        }
    }

    static void requireAlignment(long byteAlignment) {
        if (byteAlignment < 1 || byteAlignment > LARGEST_ALIGNMENT || Long.bitCount(byteAlignment) != 1) {
            throw new IllegalArgumentException("alignment must be a power of two between 1 and " + LARGEST_ALIGNMENT
                    + ": byteAlignment=" + byteAlignment);
        }
    }

    /** Checks that a range lies inside the block at {@code start}. */
    public static void requireRange(Space space, long start, long offset, long byteSize, long usableByteSize) {
        if (offset < 0 || byteSize < 0 || offset > usableByteSize - byteSize) {
            throw new IllegalArgumentException("range lies outside " + space.blockAt(start) + ": offset=" + offset
                    + ", byteSize=" + byteSize + ", usable=" + usableByteSize);
        }
    }

    /** Checks the size to which the block at {@code start} is to be shrunk. */
    public static void requireSmaller(Space space, long start, long byteSize, long usableByteSize) {
        if (byteSize < 1 || byteSize > usableByteSize) {
            throw new IllegalArgumentException(space.blockAt(start) + " can only become smaller: byteSize=" + byteSize
                    + ", allowed=1 to " + usableByteSize);
        }
    }

    /** Checks that a patch lies in one aligned word of the block at {@code start}, which is aligned as its address. */
    static void requirePatch(Space space, long start, long usableByteSize, long offset, int byteSize) {
        if (byteSize < 1 || byteSize > PATCH_WORD_BYTE_SIZE) {
            throw new IllegalArgumentException(
                    "patch size out of range: byteSize=" + byteSize + ", allowed=1 to " + PATCH_WORD_BYTE_SIZE);
        }
        requireRange(space, start, offset, byteSize, usableByteSize);
        long inWord = (start + offset) & (PATCH_WORD_BYTE_SIZE - 1);
        if (inWord + byteSize > PATCH_WORD_BYTE_SIZE) {
            throw new IllegalArgumentException("a patch must lie in one aligned word of 8 bytes, or other threads may"
                    + " run half of it: " + space.blockAt(start) + ", offset=" + offset + ", byteSize=" + byteSize
                    + ", bytes into its word=" + inWord
                    + ". Align the field when the code is generated, with nops before the instruction.");
        }
    }

    /** Checks that a number fits, signed or unsigned. */
    static void requireFits(String name, long value, int byteSize) {
        int bitCount = byteSize * Byte.SIZE;
        if (byteSize < PATCH_WORD_BYTE_SIZE && value >>> bitCount != 0 && value >> (bitCount - 1) != -1) {
            throw new IllegalArgumentException(
                    name + " does not fit: " + name + "=" + value + " (0x" + Long.toHexString(value)
                            + "), byteSize=" + byteSize);
        }
    }

    /** {@return an address, if it may be one of user space} */
    public static long requireUserAddress(String what, long address) {
        if (address <= 0) {
            throw new IllegalArgumentException("not a user-space address: " + what + "=0x" + Long.toHexString(address));
        }
        return address;
    }

    /** Checks how many trampolines are to be ready. */
    public static void requireTrampolineCount(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "count of trampolines out of range: count=" + count + ", allowed=1 or more");
        }
    }

    /** {@return how many retired blocks may wait, checked} */
    public static int requireBacklog(int count, int largest) {
        if (count < 1 || count > largest) {
            throw new IllegalArgumentException(
                    "number of retired blocks out of range: count=" + count + ", allowed=1 to " + largest);
        }
        return count;
    }

    /** {@return how long an allocation may wait, checked} */
    public static Duration requireWait(Duration wait) {
        Objects.requireNonNull(wait, "wait");
        if (wait.isNegative() || wait.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException("wait out of range: wait=" + wait + ", allowed=0 to " + LONGEST_WAIT);
        }
        return wait;
    }
}
