package dev.ashlar.heap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.memory.Domain;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The symbols of an ELF image (elf(5)), one for each block: a hash table. A block's symbol lies in one of
 * {@value #WINDOW} places after the one that its address gives. A freed block keeps its symbol, under another name,
 * until its place is needed. An empty place is a symbol that is not defined, which readers skip. If all places of an
 * address hold live blocks, the block is left out.
 *
 * <p>The first word of a symbol says whether it is empty, live, freed or being written, and changes by compare-and-set.
 * A live block belongs to the thread that frees it, so no two threads write one symbol.
 *
 * <p>Thread-safe.
 */
final class SymbolTable {
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
    private static final int TYPE_OBJECT = 1;
    private static final int TYPE_FUNCTION = 2;

    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private final MemorySegment symbols;
    private final long functionWord;
    private final long objectWord;
    private final long freedWord;

    /**
     * Uses memory of {@link #BYTE_SIZE} zeros.
     *
     * @param section the number of the section to which all symbols belong
     * @param liveName the place of the name of live blocks among the names
     * @param freedName the place of the name of freed blocks
     */
    SymbolTable(MemorySegment symbols, int section, int liveName, int freedName) {
        this.symbols = symbols;
        this.functionWord = word(liveName, TYPE_FUNCTION, section);
        this.objectWord = word(liveName, TYPE_OBJECT, section);
        this.freedWord = word(freedName, TYPE_OBJECT, section);
    }

    private static long word(long name, int type, int section) {
        return name | (long) type << 32 | (long) section << 48;
    }

    /** Writes the symbol of a block that was taken. */
    void taken(Domain domain, long address, long byteSize) {
        long symbol = claim(address);
        if (symbol < 0) {
            return;
        }
        symbols.set(JAVA_LONG, symbol + VALUE, address);
        symbols.set(JAVA_LONG, symbol + SIZE, byteSize);
        WORD.setRelease(symbols, symbol, domain == Domain.CODE ? functionWord : objectWord);
    }

    /** {@return a symbol that the current thread may write: the address's own, an empty or a freed one; or -1} */
    private long claim(long address) {
        long own = find(address);
        if (own >= 0 && isClaimed(own, freedWord)) {
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
            if (isClaimed(symbol, freedWord)) {
                return symbol;
            }
        }
        return -1;
    }

    private boolean isClaimed(long symbol, long from) {
        return (long) WORD.getOpaque(symbols, symbol) == from
                && WORD.compareAndSet(symbols, symbol, from, BEING_WRITTEN);
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

    /** Writes the new size of a live block. */
    void shrunk(long address, long byteSize) {
        long symbol = find(address);
        if (symbol >= 0) {
            symbols.set(JAVA_LONG, symbol + SIZE, byteSize);
        }
    }

    /** Renames the symbols of all live blocks, at the close of the heap. */
    void freedAll() {
        for (long symbol = SYMBOL_BYTE_SIZE; symbol < BYTE_SIZE; symbol += SYMBOL_BYTE_SIZE) {
            long word = (long) WORD.getAcquire(symbols, symbol);
            if (word == functionWord || word == objectWord) {
                WORD.compareAndSet(symbols, symbol, word, freedWord);
            }
        }
    }

    /** Renames the symbol of a live block. */
    void freed(long address) {
        long symbol = find(address);
        if (symbol >= 0) {
            long live = (long) WORD.getAcquire(symbols, symbol);
            // If another thread has freed the block as well, the symbol may belong to a new one.
            if (live != BEING_WRITTEN && symbols.get(JAVA_LONG, symbol + VALUE) == address) {
                WORD.compareAndSet(symbols, symbol, live, freedWord);
            }
        }
    }
}
