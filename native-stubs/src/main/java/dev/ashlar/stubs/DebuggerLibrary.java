package dev.ashlar.stubs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A shared library (elf(5)) of two symbols: a function that returns at once, and a descriptor of 24 bytes. Made by
 * hand, because no compiler need be there.
 */
final class DebuggerLibrary {
    static final String FUNCTION = "__jit_debug_register_code";
    static final String DESCRIPTOR = "__jit_debug_descriptor";
    static final int DESCRIPTOR_BYTE_SIZE = 24;

    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int SECTION_HEADER = 64;
    private static final int SYMBOL = 24;
    private static final int PROGRAM_COUNT = 4;
    private static final String NAMES = "\0" + FUNCTION + "\0" + DESCRIPTOR + "\0";
    private static final String SECTIONS = "\0.hash\0.dynsym\0.dynstr\0.text\0.data\0.dynamic\0.shstrtab\0";

    // Where the parts start in the file.
    private static final int HASH = HEADER + PROGRAM_COUNT * PROGRAM_HEADER;
    private static final int HASH_BYTE_SIZE = 24;
    private static final int SYMBOLS = HASH + HASH_BYTE_SIZE;
    private static final int SYMBOLS_BYTE_SIZE = 3 * SYMBOL;
    private static final int STRINGS = SYMBOLS + SYMBOLS_BYTE_SIZE;
    private static final int TEXT = roundUp(STRINGS + NAMES.length());
    private static final int TEXT_BYTE_SIZE = 16;
    private static final int DATA = TEXT + TEXT_BYTE_SIZE;
    private static final int DYNAMIC = roundUp(DATA + DESCRIPTOR_BYTE_SIZE);
    private static final int DYNAMIC_BYTE_SIZE = 6 * 16;
    private static final int SECTION_NAMES = DYNAMIC + DYNAMIC_BYTE_SIZE;
    private static final int SECTION_HEADERS = roundUp(SECTION_NAMES + SECTIONS.length());
    private static final int SECTION_COUNT = 8;
    private static final int BYTE_SIZE = SECTION_HEADERS + SECTION_COUNT * SECTION_HEADER;

    /** The largest page: what is writable lies in pages of its own, this far from its place in the file. */
    private static final int PAGE = 1 << 16;

    private final ByteBuffer file = ByteBuffer.allocate(BYTE_SIZE).order(ByteOrder.LITTLE_ENDIAN);

    private DebuggerLibrary() {}

    private static int roundUp(int bytes) {
        return (bytes + 15) & -16;
    }

    /** {@return the contents of the file} */
    static byte[] image() {
        DebuggerLibrary library = new DebuggerLibrary();
        library.writeHeaders();
        library.writeSymbols();
        library.writeContents();
        library.writeSections();
        return library.file.array();
    }

    private void writeHeaders() {
        file.put(Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 16));
        file.putShort((short) 3).putShort((short) Platform.elfMachine()).putInt(1).putLong(0); // a shared library
        file.putLong(HEADER).putLong(SECTION_HEADERS).putInt(0);
        file.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) PROGRAM_COUNT);
        file.putShort((short) SECTION_HEADER).putShort((short) SECTION_COUNT).putShort((short) (SECTION_COUNT - 1));
        writeProgram(1, 5, 0, 0, DATA, PAGE); // loaded, read and execute
        writeProgram(1, 6, DATA, DATA + PAGE, SECTION_NAMES - DATA, PAGE); // loaded, read and write
        writeProgram(2, 6, DYNAMIC, DYNAMIC + PAGE, DYNAMIC_BYTE_SIZE, 8); // what the loader reads
        writeProgram(0x6474e551, 6, 0, 0, 0, 16); // the stack need not be executable
    }

    private void writeProgram(int type, int flags, long offset, long address, long byteSize, long alignment) {
        file.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(address);
        file.putLong(byteSize).putLong(byteSize).putLong(alignment);
    }

    private void writeSymbols() {
        // One bucket with a chain of both symbols.
        file.position(HASH);
        file.putInt(1).putInt(3).putInt(1).putInt(0).putInt(2).putInt(0);
        file.position(SYMBOLS + SYMBOL);
        writeSymbol(FUNCTION, 0x12, 4, TEXT, TEXT_BYTE_SIZE);
        writeSymbol(DESCRIPTOR, 0x11, 5, DATA + PAGE, DESCRIPTOR_BYTE_SIZE);
    }

    private void writeSymbol(String name, int type, int section, long address, long byteSize) {
        file.putInt(NAMES.indexOf(name)).put((byte) type).put((byte) 0).putShort((short) section);
        file.putLong(address).putLong(byteSize);
    }

    private void writeContents() {
        file.put(STRINGS, NAMES.getBytes(StandardCharsets.ISO_8859_1));
        file.putInt(TEXT, Platform.isAarch64() ? 0xd65f03c0 : 0xc3); // ret
        file.putInt(DATA, 1); // the version of the descriptor
        file.position(DYNAMIC);
        for (long[] entry : new long[][] {
            {4, HASH}, {6, SYMBOLS}, {5, STRINGS}, {10, NAMES.length()}, {11, SYMBOL}, {0, 0}
        }) {
            file.putLong(entry[0]).putLong(entry[1]);
        }
        file.put(SECTION_NAMES, SECTIONS.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void writeSections() {
        file.position(SECTION_HEADERS + SECTION_HEADER);
        writeSection(".hash", 5, 2, HASH, HASH, HASH_BYTE_SIZE, 2, 0, 4);
        writeSection(".dynsym", 11, 2, SYMBOLS, SYMBOLS, SYMBOLS_BYTE_SIZE, 3, 1, SYMBOL);
        writeSection(".dynstr", 3, 2, STRINGS, STRINGS, NAMES.length(), 0, 0, 0);
        writeSection(".text", 1, 6, TEXT, TEXT, TEXT_BYTE_SIZE, 0, 0, 0);
        writeSection(".data", 1, 3, DATA + PAGE, DATA, DESCRIPTOR_BYTE_SIZE, 0, 0, 0);
        writeSection(".dynamic", 6, 3, DYNAMIC + PAGE, DYNAMIC, DYNAMIC_BYTE_SIZE, 3, 0, 16);
        writeSection(".shstrtab", 3, 0, 0, SECTION_NAMES, SECTIONS.length(), 0, 0, 0);
    }

    private void writeSection(
            String name, int type, long flags, long address, long offset, long byteSize, int link, int info,
            long entryByteSize) {
        file.putInt(SECTIONS.indexOf(name)).putInt(type).putLong(flags).putLong(address).putLong(offset);
        file.putLong(byteSize).putInt(link).putInt(info).putLong(8).putLong(entryByteSize);
    }
}
