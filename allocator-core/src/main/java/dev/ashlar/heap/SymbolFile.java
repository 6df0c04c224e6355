package dev.ashlar.heap;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ashlar.memory.Domain;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.Platform.Architecture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A file with a symbol for each block: an ELF image (elf(5)) whose only contents are a symbol table and its names. It
 * is mapped shared, so what was written before a crash stays in the file: the kernel writes it, not this process.
 *
 * <p>The table is a hash table: a block's symbol lies in one of {@value #WINDOW} places after the one that its address
 * gives. A freed block keeps its symbol, under another name, until its place is needed. An empty place is a symbol that
 * is not defined, which readers skip. If all places of an address hold live blocks, the block is left out.
 *
 * <p>The first word of a symbol says whether it is empty, live, freed or being written, and changes by compare-and-set.
 * A live block belongs to the thread that frees it, so no two threads write one symbol.
 */
final class SymbolFile {
    private static final int LOG2_SYMBOL_COUNT = 17;
    private static final int SYMBOL_COUNT = 1 << LOG2_SYMBOL_COUNT;
    private static final int WINDOW = 64;

    private static final int HEADER_BYTE_SIZE = 64;
    private static final int SECTION_COUNT = 5;
    private static final int NAMES = HEADER_BYTE_SIZE + SECTION_COUNT * HEADER_BYTE_SIZE;
    private static final int TABLE = 4096;
    private static final int SYMBOL_BYTE_SIZE = 24;
    private static final int VALUE = 8;
    private static final int SIZE = 16;
    /** One more: the first symbol of a table means nothing. */
    private static final int TABLE_BYTE_SIZE = (SYMBOL_COUNT + 1) * SYMBOL_BYTE_SIZE;

    private static final long EMPTY = 0;
    private static final long BEING_WRITTEN = 1;
    private static final int TYPE_OBJECT = 1;
    private static final int TYPE_FUNCTION = 2;
    private static final int TEXT_SECTION = 1;

    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private final MemorySegment file;
    private final long liveName;
    private final long freedWord;

    private SymbolFile(MemorySegment file, long liveName, long freedName) {
        this.file = file;
        this.liveName = liveName;
        this.freedWord = word(freedName, TYPE_OBJECT);
    }

    private static long word(long name, int type) {
        return name | (long) type << 32 | (long) TEXT_SECTION << 48;
    }

    /**
     * Creates the file.
     *
     * @param range the addresses of all blocks
     * @throws UncheckedIOException if it exists, or cannot be written
     */
    static SymbolFile create(Path path, String heapName, AddressRange range) {
        // An interrupt that came before would close the channel.
        boolean wasInterrupted = Thread.interrupted();
        try {
            return open(path, heapName, range);
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static SymbolFile open(Path path, String heapName, AddressRange range) {
        // NUL ends each name. The first is empty.
        String names = "\0.text\0.symtab\0.strtab\0" + heapName + "_block\0" + heapName + "_freed\0";
        try (FileChannel channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            // Written, not only sized: a full disk would else end the JVM when the table is filled.
            ByteBuffer zeros = ByteBuffer.allocate(TABLE + TABLE_BYTE_SIZE);
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
            MemorySegment file = channel.map(
                    FileChannel.MapMode.READ_WRITE, 0, TABLE + TABLE_BYTE_SIZE, Arena.ofAuto());
            writeHeaders(file, names, range);
            return new SymbolFile(file, names.indexOf(heapName + "_block"), names.indexOf(heapName + "_freed"));
        } catch (FileAlreadyExistsException e) {
            throw new UncheckedIOException("the symbol file of heap " + heapName + " exists: " + path
                    + ". Choose another name, for example with the process id, or delete it", e);
        } catch (IOException e) {
            delete(path);
            throw new UncheckedIOException(
                    "the symbol file of heap " + heapName + " cannot be written: " + path + ": " + e, e);
        }
    }

    /** Deletes a file that this class created and could not fill. */
    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException stays) {
            // The caller learns the reason why it was not filled.
        }
    }

    private static void writeHeaders(MemorySegment file, String names, AddressRange range) {
        byte[] bytes = names.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, file, NAMES, bytes.length);
        // Magic, 64 bits, little-endian, version 1.
        file.set(JAVA_INT, 0, 0x464c457f);
        file.set(JAVA_INT, 4, 0x010102);
        file.set(JAVA_SHORT, 16, (short) 2); // ET_EXEC: values are addresses
        boolean isAarch64 = Platform.current().architecture().equals(Optional.of(Architecture.AARCH64));
        file.set(JAVA_SHORT, 18, (short) (isAarch64 ? 183 : 62));
        file.set(JAVA_INT, 20, 1);
        file.set(JAVA_LONG, 40, HEADER_BYTE_SIZE); // section headers
        file.set(JAVA_SHORT, 52, (short) HEADER_BYTE_SIZE);
        file.set(JAVA_SHORT, 58, (short) HEADER_BYTE_SIZE);
        file.set(JAVA_SHORT, 60, (short) SECTION_COUNT);
        file.set(JAVA_SHORT, 62, (short) 4); // the names of sections
        int text = names.indexOf(".text");
        // Type NOBITS; allocated and executable.
        writeSection(file, TEXT_SECTION, text, 8, 6, range.start(), 0, range.byteSize(), 0, 0);
        // Its names are in section 3; all symbols are local.
        writeSection(file, 2, names.indexOf(".symtab"), 2, 0, 0, TABLE, TABLE_BYTE_SIZE, 3, SYMBOL_COUNT + 1);
        int strtab = names.indexOf(".strtab");
        writeSection(file, 3, strtab, 3, 0, 0, NAMES, bytes.length, 0, 0);
        writeSection(file, 4, strtab, 3, 0, 0, NAMES, bytes.length, 0, 0);
        file.set(JAVA_LONG, HEADER_BYTE_SIZE * 3L + 56, SYMBOL_BYTE_SIZE);
    }

    private static void writeSection(MemorySegment file, int index, int name, int type, long flags, long address,
            long offset, long byteSize, int link, int info) {
        long at = HEADER_BYTE_SIZE * (1L + index);
        file.set(JAVA_INT, at, name);
        file.set(JAVA_INT, at + 4, type);
        file.set(JAVA_LONG, at + 8, flags);
        file.set(JAVA_LONG, at + 16, address);
        file.set(JAVA_LONG, at + 24, offset);
        file.set(JAVA_LONG, at + 32, byteSize);
        file.set(JAVA_INT, at + 40, link);
        file.set(JAVA_INT, at + 44, info);
        file.set(JAVA_LONG, at + 48, 16L); // alignment
    }

    /** Writes the symbol of a block that was taken. */
    void taken(Domain domain, long address, long byteSize) {
        long symbol = claim(address);
        if (symbol < 0) {
            return;
        }
        file.set(JAVA_LONG, symbol + VALUE, address);
        file.set(JAVA_LONG, symbol + SIZE, byteSize);
        WORD.setRelease(file, symbol, word(liveName, domain == Domain.CODE ? TYPE_FUNCTION : TYPE_OBJECT));
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
        // The block whose history is lost differs from case to case.
        for (int place = 0; place < WINDOW; place++) {
            long symbol = symbolAt(address, place);
            if (isClaimed(symbol, freedWord)) {
                return symbol;
            }
        }
        return -1;
    }

    private boolean isClaimed(long symbol, long from) {
        return (long) WORD.getOpaque(file, symbol) == from && WORD.compareAndSet(file, symbol, from, BEING_WRITTEN);
    }

    private static long symbolAt(long address, int place) {
        long hash = ((address >>> 4) * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - LOG2_SYMBOL_COUNT);
        return TABLE + SYMBOL_BYTE_SIZE * (1 + (hash + place) % SYMBOL_COUNT);
    }

    private long find(long address) {
        for (int place = 0; place < WINDOW; place++) {
            long symbol = symbolAt(address, place);
            long word = (long) WORD.getAcquire(file, symbol);
            if (word == EMPTY) {
                // No place after an empty one was ever used for this address.
                return -1;
            }
            if (word != BEING_WRITTEN && file.get(JAVA_LONG, symbol + VALUE) == address) {
                return symbol;
            }
        }
        return -1;
    }

    /** Writes the new size of a live block. */
    void shrunk(long address, long byteSize) {
        long symbol = find(address);
        if (symbol >= 0) {
            file.set(JAVA_LONG, symbol + SIZE, byteSize);
        }
    }

    /** Renames the symbol of a live block. */
    void freed(long address) {
        long symbol = find(address);
        if (symbol >= 0) {
            long live = (long) WORD.getAcquire(file, symbol);
            // If another thread has freed the block as well, the symbol may belong to a new one.
            if (live != BEING_WRITTEN && file.get(JAVA_LONG, symbol + VALUE) == address) {
                WORD.compareAndSet(file, symbol, live, freedWord);
            }
        }
    }
}
