package dev.ashlar.heap;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.MappedFile;
import dev.ashlar.stubs.Platform;
import dev.ashlar.stubs.Platform.Architecture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file with a symbol for each block: an ELF image (elf(5)) whose only contents are a symbol table and its names. It
 * is mapped shared, so what was written before a crash stays in the file: the kernel writes it, not this process.
 */
final class SymbolFile {
    private static final int HEADER_BYTE_SIZE = 64;
    private static final int NAMES = 6 * HEADER_BYTE_SIZE;
    private static final int TABLE = 4096;

    /** The sections, by number. The first means nothing. */
    private static final int TEXT = 1;

    private static final int SYMBOLS = 2;
    private static final int NAMES_OF_SYMBOLS = 3;
    private static final int NAMES_OF_SECTIONS = 4;
    private static final int SECTION_COUNT = 5;

    private final MemorySegment file;

    private SymbolFile(MemorySegment file) {
        this.file = file;
    }

    /**
     * Creates the file.
     *
     * @param range the addresses of all blocks
     * @return its symbols, none yet
     * @throws UncheckedIOException if it exists, or cannot be written
     */
    static SymbolTable create(Path path, String heapName, AddressRange range) {
        // NUL ends each name. The first is empty.
        String names = "\0.text\0.symtab\0.strtab\0" + heapName + "_block\0" + heapName + "_freed\0";
        try {
            SymbolFile image = new SymbolFile(MappedFile.create(path, TABLE + SymbolTable.BYTE_SIZE));
            image.writeHeader();
            image.writeSections(names, range);
            return new SymbolTable(image.file.asSlice(TABLE), TEXT, names.indexOf(heapName + "_block"),
                    names.indexOf(heapName + "_freed"));
        } catch (FileAlreadyExistsException e) {
            throw new UncheckedIOException("the symbol file of heap " + heapName + " exists: " + path
                    + ". Choose another name, for example with the process id, or delete it", e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the symbol file of heap " + heapName + " cannot be written: " + path + ": " + e, e);
        }
    }

    private void writeHeader() {
        boolean isAarch64 = Platform.current().architecture().equals(Optional.of(Architecture.AARCH64));
        file.set(JAVA_INT, 0, 0x464c457f); // magic
        file.set(JAVA_INT, 4, 0x010102); // 64 bits, little-endian, version 1
        file.set(JAVA_SHORT, 16, (short) 2); // executable: the values of symbols are addresses
        file.set(JAVA_SHORT, 18, (short) (isAarch64 ? 183 : 62));
        file.set(JAVA_INT, 20, 1); // version
        file.set(JAVA_LONG, 40, HEADER_BYTE_SIZE); // where the sections' headers start
        file.set(JAVA_SHORT, 52, (short) HEADER_BYTE_SIZE);
        file.set(JAVA_SHORT, 58, (short) HEADER_BYTE_SIZE);
        file.set(JAVA_SHORT, 60, (short) SECTION_COUNT);
        file.set(JAVA_SHORT, 62, (short) NAMES_OF_SECTIONS);
    }

    private void writeSections(String names, AddressRange range) {
        byte[] bytes = names.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, file, NAMES, bytes.length);
        // No bits in the file; allocated and executable. Readers look symbols up by the section of their address.
        long text = writeSection(TEXT, names.indexOf(".text"), 8, 0, range.byteSize());
        file.set(JAVA_LONG, text + 8, 6L);
        file.set(JAVA_LONG, text + 16, range.start());
        long symbols = writeSection(SYMBOLS, names.indexOf(".symtab"), 2, TABLE, SymbolTable.BYTE_SIZE);
        file.set(JAVA_INT, symbols + 40, NAMES_OF_SYMBOLS);
        file.set(JAVA_INT, symbols + 44, SymbolTable.SYMBOL_COUNT); // all are local
        file.set(JAVA_LONG, symbols + 56, SymbolTable.SYMBOL_BYTE_SIZE);
        int nameOfNames = names.indexOf(".strtab");
        writeSection(NAMES_OF_SYMBOLS, nameOfNames, 3, NAMES, bytes.length);
        writeSection(NAMES_OF_SECTIONS, nameOfNames, 3, NAMES, bytes.length);
    }

    /** {@return where the header of the section starts} */
    private long writeSection(int section, int name, int type, long offset, long byteSize) {
        long header = HEADER_BYTE_SIZE * (1L + section);
        file.set(JAVA_INT, header, name);
        file.set(JAVA_INT, header + 4, type);
        file.set(JAVA_LONG, header + 24, offset);
        file.set(JAVA_LONG, header + 32, byteSize);
        file.set(JAVA_LONG, header + 48, 16L); // alignment
        return header;
    }
}
