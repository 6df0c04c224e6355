package dev.ashlar.llvm;

import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/**
 * A relocatable object file for x86-64, and the names in its symbol table. The format is that of elf(5).
 *
 * @param name what it is called in errors
 * @param content its bytes
 * @param defined names that it defines for others
 * @param strong those of them that only one file may define
 * @param needed names that it uses and does not define, without weak ones
 */
record ObjectFile(String name, MemorySegment content, Set<String> defined, Set<String> strong, Set<String> needed) {
    private static final int MAGIC = 0x464C457F;
    /** 64 bits, little-endian, version 1. */
    private static final int CLASS = 0x010102;
    private static final int CLASS_MASK = 0xFFFFFF;
    private static final int CLASS_OFFSET = 4;
    private static final int TYPE_OFFSET = 16;
    /** ET_REL and, above it, EM_X86_64. */
    private static final int RELOCATABLE_X86_64 = 1 | 62 << 16;

    private static final int SECTIONS_OFFSET = 40;
    private static final int SECTION_COUNT_OFFSET = 60;
    private static final int SECTION_BYTE_SIZE = 64;
    private static final int SECTION_TYPE_OFFSET = 4;
    private static final int SYMBOL_TABLE = 2;
    private static final int CONTENT_OFFSET = 24;
    private static final int BYTE_SIZE_OFFSET = 32;
    private static final int LINK_OFFSET = 40;

    private static final int SYMBOL_BYTE_SIZE = 24;
    private static final int INFO_OFFSET = 4;
    private static final int INDEX_OFFSET = 6;
    private static final int LOCAL = 0;
    private static final int WEAK = 2;

    /**
     * {@return an object file}
     *
     * @throws LlvmException if the bytes are none for x86-64
     */
    static ObjectFile parse(String name, byte[] bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        ObjectFile object = new ObjectFile(
                name, MemorySegment.ofArray(bytes).asReadOnly(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        try {
            if (file.getInt(0) != MAGIC || (file.getInt(CLASS_OFFSET) & CLASS_MASK) != CLASS
                    || file.getInt(TYPE_OFFSET) != RELOCATABLE_X86_64) {
                throw new LlvmException(name + " is no object file for x86-64");
            }
            int sections = Math.toIntExact(file.getLong(SECTIONS_OFFSET));
            for (int index = 0; index < file.getShort(SECTION_COUNT_OFFSET); index++) {
                int section = sections + index * SECTION_BYTE_SIZE;
                if (file.getInt(section + SECTION_TYPE_OFFSET) == SYMBOL_TABLE) {
                    int names = sections + file.getInt(section + LINK_OFFSET) * SECTION_BYTE_SIZE;
                    object.readSymbols(file, section, Math.toIntExact(file.getLong(names + CONTENT_OFFSET)));
                }
            }
            return object;
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new LlvmException(name + " is a damaged object file", e);
        }
    }

    private void readSymbols(ByteBuffer file, int section, int names) {
        int start = Math.toIntExact(file.getLong(section + CONTENT_OFFSET));
        int end = start + Math.toIntExact(file.getLong(section + BYTE_SIZE_OFFSET));
        for (int symbol = start; symbol < end; symbol += SYMBOL_BYTE_SIZE) {
            int binding = file.get(symbol + INFO_OFFSET) >> 4;
            String text = textAt(file, Math.addExact(names, file.getInt(symbol)));
            if (binding == LOCAL || text.isEmpty()) {
                continue;
            }
            if (file.getShort(symbol + INDEX_OFFSET) != 0) {
                defined.add(text);
                if (binding != WEAK) {
                    strong.add(text);
                }
            } else if (binding != WEAK) {
                needed.add(text);
            }
        }
    }

    private static String textAt(ByteBuffer file, int offset) {
        int end = offset;
        while (file.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - offset];
        file.get(offset, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
