package dev.ashlar.nativetable;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Domain;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one table, which may throw. Pointers are addresses of the structs in the header.
 *
 * <p>Thread-safe.
 */
final class HeapCalls {
    /** Words of a struct ashlar_place. */
    private static final int PLACE_WORDS = 2;
    /** The parts of a unit, in the order of the structs: a later one may need an earlier one. */
    private static final Domain[] PARTS = {Domain.CODE, Domain.RODATA, Domain.DATA};

    private final CodeHeap heap;
    private final Blocks code;
    // Made when a unit needs them: each commits a region.
    private volatile @Nullable Blocks constants;
    private volatile @Nullable Blocks data;

    HeapCalls(CodeHeap heap) {
        this.heap = heap;
        this.code = new Blocks(heap, Domain.CODE);
    }

    /** Takes and frees a block: a heap that serves none is refused here. */
    void rehearse() {
        code.free(code.take(1, 0));
    }

    void allocate(long byteSize, long byteAlignment, long result) {
        requirePointer(result, "result");
        put(result, 0, code, code.take(byteSize, byteAlignment));
    }

    void allocateNear(long byteSize, long byteAlignment, long target, long result) {
        requirePointer(result, "result");
        long address = code.take(byteSize, byteAlignment);
        if (!isInReach(address, target) || !isInReach(address + byteSize, target)) {
            code.free(address);
            throw TableException.notReachable(address, byteSize, target);
        }
        put(result, 0, code, address);
    }

    private static boolean isInReach(long from, long target) {
        return target - from == (int) (target - from);
    }

    void allocateBlocks(long byteSize, long byteAlignment, long count, long results) {
        requireCount(count);
        requirePointer(results, "results");
        int taken = 0;
        try {
            while (taken < count) {
                put(results, taken, code, code.take(byteSize, byteAlignment));
                taken++;
            }
        } catch (Throwable e) {
            while (taken > 0) {
                taken--;
                code.free(Words.get(results, (long) PLACE_WORDS * taken));
            }
            throw e;
        }
    }

    private static void put(long places, long index, Blocks blocks, long address) {
        long word = PLACE_WORDS * index;
        Words.set(places, word, address);
        Words.set(places, word + 1, blocks.writable(address));
    }

    /** Publishes a block, with the name at an address if that is not 0. */
    void publish(long address, long name) {
        if (name != 0) {
            code.name(address, Words.text(name));
        }
        code.publish(address);
    }

    void shrink(long address, long byteSize) {
        code.shrink(address, byteSize);
    }

    void free(long address) {
        code.free(address);
    }

    /** Frees what it can. */
    void freeBlocks(long addresses, long count) throws Throwable {
        requireCount(count);
        requirePointer(addresses, "addresses");
        Throwable first = null;
        for (int index = 0; index < count; index++) {
            try {
                code.free(Words.get(addresses, index));
            } catch (Throwable e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    void allocateUnit(long sizes, long result) {
        requirePointer(sizes, "sizes");
        requirePointer(result, "result");
        if (Words.get(sizes, 0) == 0) {
            throw TableException.noCode();
        }
        int taken = 0;
        try {
            for (; taken < PARTS.length; taken++) {
                allocatePart(taken, Words.get(sizes, taken), Words.get(sizes, PARTS.length + taken), result);
            }
        } catch (Throwable e) {
            while (taken > 0) {
                taken--;
                freePart(taken, part(result, taken));
            }
            throw e;
        }
    }

    private void allocatePart(int part, long byteSize, long byteAlignment, long result) {
        if (byteSize == 0) {
            Words.set(result, (long) PLACE_WORDS * part, 0);
            Words.set(result, (long) PLACE_WORDS * part + 1, 0);
        } else {
            Blocks blocks = of(PARTS[part]);
            put(result, part, blocks, blocks.take(byteSize, byteAlignment));
        }
    }

    /** Publishes a unit, code last: what it reads must be there before it can run. See {@link #publish}. */
    void publishUnit(long unit, long name) {
        requirePointer(unit, "unit");
        long constantsAddress = part(unit, 1);
        if (constantsAddress != 0) {
            of(Domain.RODATA).publish(constantsAddress);
        }
        publish(part(unit, 0), name);
    }

    void freeUnit(long unit) {
        requirePointer(unit, "unit");
        // First what can be refused without a change.
        for (int part = 0; part < PARTS.length; part++) {
            long address = part(unit, part);
            if ((address != 0 || part == 0) && !of(PARTS[part]).isLive(address)) {
                throw TableException.notLive(address);
            }
        }
        for (int part = 0; part < PARTS.length; part++) {
            freePart(part, part(unit, part));
        }
    }

    private void freePart(int part, long address) {
        if (address != 0) {
            of(PARTS[part]).free(address);
        }
    }

    private static long part(long unit, int part) {
        return Words.get(unit, (long) PLACE_WORDS * part);
    }

    private Blocks of(Domain domain) {
        if (domain == Domain.CODE) {
            return code;
        }
        Blocks found = domain == Domain.RODATA ? constants : data;
        return found == null ? make(domain) : found;
    }

    private synchronized Blocks make(Domain domain) {
        Blocks found = domain == Domain.RODATA ? constants : data;
        if (found == null) {
            found = new Blocks(heap, domain);
            if (domain == Domain.RODATA) {
                constants = found;
            } else {
                data = found;
            }
        }
        return found;
    }

    private static void requirePointer(long address, String parameter) {
        if (address == 0) {
            throw TableException.nullPointer(parameter);
        }
    }

    private static void requireCount(long count) {
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw TableException.badCount(count);
        }
    }
}
