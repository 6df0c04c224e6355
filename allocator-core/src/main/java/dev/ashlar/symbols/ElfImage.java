package dev.ashlar.symbols;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.MappedFile;
import dev.ashlar.stubs.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;

/**
 * An ELF image (elf(5)) of the code of a heap: its symbols, their names, and the description of its frames if there is
 * one. It holds no code. Readers find a section by the address of a symbol.
 */
final class ElfImage {
    private static final int HEADER_BYTE_SIZE = 64;
    private static final String SECTION_NAMES = "\0.text\0.symtab\0.strtab\0.eh_frame\0";

    /** The sections, by number. The first means nothing. */
    private static final int TEXT = 1;

    private static final int SYMBOLS = 2;
    private static final int NAMES_OF_SYMBOLS = 3;
    private static final int FRAMES = 4;
    private static final int SECTION_COUNT = 5;

    private static final int FRAMES_START = (1 + SECTION_COUNT) * HEADER_BYTE_SIZE;
    /** Frames and headers end before it. */
    private static final int TABLE = 8192;

    private static final int NAMES = TABLE + SymbolTable.BYTE_SIZE;
    /** The bytes of an image: mostly zeros if there are few symbols. */
    static final int BYTE_SIZE = NAMES + SymbolNames.BYTE_SIZE;

    private final MemorySegment image;

    private ElfImage(MemorySegment image) {
        this.image = image;
    }

    /**
     * Creates a file with an image, which is mapped shared: what was written before a crash stays in the file, because
     * the kernel writes it, not this process.
     *
     * @param range the addresses of all blocks
     * @return its symbols, none yet; those of freed blocks stay visible
     * @throws UncheckedIOException if the file exists, or cannot be written
     */
    static SymbolTable file(Path path, String heapName, AddressRange range) {
        try {
            return write(MappedFile.create(path, BYTE_SIZE), heapName, range, new byte[0], TEXT);
        } catch (FileAlreadyExistsException e) {
            throw new UncheckedIOException("the symbol file of heap " + heapName + " exists: " + path
                    + ". Choose another name, for example with the process id, or delete it", e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the symbol file of heap " + heapName + " cannot be written: " + path + ": " + e, e);
        }
    }

    /**
     * Writes an image without symbols.
     *
     * @param image zeros
     * @param frames the contents of .eh_frame; none if there is no description
     * @return its symbols, of which those of freed blocks cannot be seen
     */
    static SymbolTable inMemory(MemorySegment image, String heapName, AddressRange range, byte[] frames) {
        return write(image, heapName, range, frames, 0);
    }

    private static SymbolTable write(
            MemorySegment memory, String heapName, AddressRange range, byte[] frames, int sectionOfFreed) {
        ElfImage image = new ElfImage(memory);
        image.writeHeader();
        MemorySegment names = image.writeSections(range, frames);
        SymbolNames symbolNames = new SymbolNames(names, SECTION_NAMES.length(), heapName);
        return new SymbolTable(
                memory.asSlice(TABLE, SymbolTable.BYTE_SIZE), symbolNames, TEXT, sectionOfFreed);
    }

    private void writeHeader() {
        image.set(JAVA_INT, 0, 0x464c457f); // magic
        image.set(JAVA_INT, 4, 0x010102); // 64 bits, little-endian, version 1
        image.set(JAVA_SHORT, 16, (short) 2); // executable: the values of symbols are addresses
        image.set(JAVA_SHORT, 18, (short) Platform.elfMachine());
        image.set(JAVA_INT, 20, 1); // version
        image.set(JAVA_LONG, 40, HEADER_BYTE_SIZE); // where the sections' headers start
        image.set(JAVA_SHORT, 52, (short) HEADER_BYTE_SIZE);
        image.set(JAVA_SHORT, 58, (short) HEADER_BYTE_SIZE);
        image.set(JAVA_SHORT, 60, (short) SECTION_COUNT);
        image.set(JAVA_SHORT, 62, (short) NAMES_OF_SYMBOLS); // sections have their names there, too
    }

    /** {@return the room for names} */
    private MemorySegment writeSections(AddressRange range, byte[] frames) {
        // No bits in the file; allocated and executable. Readers look symbols up by the section of their address.
        long text = writeSection(TEXT, ".text", 8, 0, range.byteSize());
        image.set(JAVA_LONG, text + 8, 6L);
        image.set(JAVA_LONG, text + 16, range.start());
        long symbols = writeSection(SYMBOLS, ".symtab", 2, TABLE, SymbolTable.BYTE_SIZE);
        image.set(JAVA_INT, symbols + 40, NAMES_OF_SYMBOLS);
        image.set(JAVA_INT, symbols + 44, SymbolTable.SYMBOL_COUNT); // all are local
        image.set(JAVA_LONG, symbols + 56, SymbolTable.SYMBOL_BYTE_SIZE);
        writeSection(NAMES_OF_SYMBOLS, ".strtab", 3, NAMES, SymbolNames.BYTE_SIZE);
        if (frames.length > 0) {
            MemorySegment.copy(MemorySegment.ofArray(frames), 0, image, FRAMES_START, frames.length);
            long header = writeSection(FRAMES, ".eh_frame", 1, FRAMES_START, frames.length);
            image.set(JAVA_LONG, header + 8, 2L); // allocated
        }
        MemorySegment names = image.asSlice(NAMES, SymbolNames.BYTE_SIZE);
        byte[] bytes = SECTION_NAMES.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, names, 0, bytes.length);
        return names;
    }

    /** {@return where the header of the section starts} */
    private long writeSection(int section, String name, int type, long offset, long byteSize) {
        long header = HEADER_BYTE_SIZE * (1L + section);
        image.set(JAVA_INT, header, SECTION_NAMES.indexOf(name));
        image.set(JAVA_INT, header + 4, type);
        image.set(JAVA_LONG, header + 24, offset);
        image.set(JAVA_LONG, header + 32, byteSize);
        image.set(JAVA_LONG, header + 48, 16L); // alignment
        return header;
    }
}
