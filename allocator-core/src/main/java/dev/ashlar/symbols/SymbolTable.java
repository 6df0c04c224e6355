package dev.ashlar.symbols;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.memory.Domain;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of an ELF image (elf(5)), one for each block: a hash table. A block's symbol lies in one of
 * {@value #WINDOW} places after the one that its address gives. A freed block keeps its symbol, of no type, until its
 * place is needed. A block without a name of its own has one of the table's two names. An empty place is a symbol that
 * is not defined, which readers skip. If all places of an
 * address hold live blocks, the block is left out.
 *
 * <p>The first word of a symbol says whether it is empty, live, freed or being written, and changes by compare-and-set.
 * A live block belongs to the thread that frees it, so no two threads write one symbol.
 *
 * <p>Thread-safe.
 */
public final class SymbolTable {
    static final int SYMBOL_BYTE_SIZE = 24;
    private static final int LOG2_PLACE_COUNT = 17;
    private static final int PLACE_COUNT = 1 << LOG2_PLACE_COUNT;
    /** One more than there are places: the first symbol of a table means nothing. */
    static final int SYMBOL_COUNT = PLACE_COUNT + 1;

    static final int BYTE_SIZE = SYMBOL_COUNT * SYMBOL_BYTE_SIZE;

    private static final int WINDOW = 64;
    private static final int VALUE = 8;
    private static final int SIZE = 16;

    private static final long EMPTY = 0;
    private static final long BEING_WRITTEN = 1;
    private static final long TYPE_OBJECT = 1L << 32;
    private static final long TYPE_FUNCTION = 2L << 32;
    private static final long TYPES = 0xfL << 32;
    private static final long NAME = 0xffff_ffffL;

    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private final MemorySegment symbols;
    private final SymbolNames names;
    private final long section;
    private final long sectionOfFreed;

    /**
     * Uses memory of {@link #BYTE_SIZE} zeros.
     *
     * @param section the number of the section to which the symbols of live blocks belong
     * @param sectionOfFreed the same of freed ones; 0 if readers should skip them
     */
    SymbolTable(MemorySegment symbols, SymbolNames names, int section, int sectionOfFreed) {
        this.symbols = symbols;
        this.names = names;
        this.section = (long) section << 48;
        this.sectionOfFreed = (long) sectionOfFreed << 48;
    }

    private static boolean isLive(long word) {
        return (word & TYPES) != 0;
    }

    private static boolean isFreed(long word) {
        return word != EMPTY && word != BEING_WRITTEN && !isLive(word);
    }

    private long freedWord(long live) {
        long name = live & NAME;
        return (name == names.live() ? names.freed() : name) | sectionOfFreed;
    }

    /** Writes the symbol of a block that was taken, or names that of a live one. */
    public void taken(Domain domain, long address, long byteSize, @Nullable String name) {
        long word =
                (name == null ? names.live() : names.of(name)) | (domain == Domain.CODE ? TYPE_FUNCTION : TYPE_OBJECT)
                        | section;
        long symbol = find(address);
        // A live block belongs to the current thread.
        if (symbol < 0 || !isLive((long) WORD.getAcquire(symbols, symbol))) {
            symbol = claim(address);
        }
        if (symbol < 0) {
            return;
        }
        symbols.set(JAVA_LONG, symbol + VALUE, address);
        symbols.set(JAVA_LONG, symbol + SIZE, byteSize);
        WORD.setRelease(symbols, symbol, word);
    }

    /** {@return a symbol that the current thread may write: the address's own, an empty or a freed one; or -1} */
    private long claim(long address) {
        long own = find(address);
        if (own >= 0 && isFreedClaimed(own)) {
            return own;
        }
        for (int place = 0; place < WINDOW; place++) {
            long symbol = symbolAt(address, place);
            if (isClaimed(symbol, EMPTY)) {
                return symbol;
            }
        }
        // No place is empty: a freed block is forgotten.
        for (int place = 0; place < WINDOW; place++) {
            long symbol = symbolAt(address, place);
            if (isFreedClaimed(symbol)) {
                return symbol;
            }
        }
        return -1;
    }

    private boolean isClaimed(long symbol, long from) {
        return (long) WORD.getOpaque(symbols, symbol) == from
                && WORD.compareAndSet(symbols, symbol, from, BEING_WRITTEN);
    }

    private boolean isFreedClaimed(long symbol) {
        long word = (long) WORD.getOpaque(symbols, symbol);
        return isFreed(word) && isClaimed(symbol, word);
    }

    private static long symbolAt(long address, int place) {
        long hash = ((address >>> 4) * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - LOG2_PLACE_COUNT);
        return SYMBOL_BYTE_SIZE * (1 + (hash + place) % PLACE_COUNT);
    }

    private long find(long address) {
        for (int place = 0; place < WINDOW; place++) {
            long symbol = symbolAt(address, place);
            long word = (long) WORD.getAcquire(symbols, symbol);
            if (word == EMPTY) {
                // No place after an empty one was ever used for this address.
                return -1;
            }
            if (word != BEING_WRITTEN && symbols.get(JAVA_LONG, symbol + VALUE) == address) {
                return symbol;
            }
        }
        return -1;
    }

    /** Writes the name of a live block. */
    public void named(long address, String name) {
        long symbol = find(address);
        if (symbol >= 0) {
            long word = (long) WORD.getAcquire(symbols, symbol);
            WORD.setRelease(symbols, symbol, (word & ~NAME) | names.of(name));
        }
    }

    /** Writes the new size of a live block. */
    public void shrunk(long address, long byteSize) {
        long symbol = find(address);
        if (symbol >= 0) {
            symbols.set(JAVA_LONG, symbol + SIZE, byteSize);
        }
    }

    /** Marks all live blocks as freed, at the close of the heap. */
    public void freedAll() {
        for (long symbol = SYMBOL_BYTE_SIZE; symbol < BYTE_SIZE; symbol += SYMBOL_BYTE_SIZE) {
            long word = (long) WORD.getAcquire(symbols, symbol);
            if (isLive(word)) {
                WORD.compareAndSet(symbols, symbol, word, freedWord(word));
            }
        }
    }

    /** Marks a live block as freed. */
    public void freed(long address) {
        long symbol = find(address);
        if (symbol >= 0) {
            long live = (long) WORD.getAcquire(symbols, symbol);
            // If another thread has freed the block as well, the symbol may belong to a new one.
            if (isLive(live) && symbols.get(JAVA_LONG, symbol + VALUE) == address) {
                WORD.compareAndSet(symbols, symbol, live, freedWord(live));
            }
        }
    }
}
