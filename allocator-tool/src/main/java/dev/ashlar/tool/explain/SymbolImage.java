package dev.ashlar.tool.explain;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The symbols of an ELF image of 64 bits (elf(5)), such as the symbol file of a heap.
 *
 * @param file where it was read
 * @param symbols by address
 */
public record SymbolImage(Path file, List<Symbol> symbols) {
    private static final int MAGIC = 0x464c457f;
    private static final int CLASS_64 = 2;
    private static final int SYMBOL_TABLE = 2;
    private static final int SYMBOL_BYTE_SIZE = 24;
    private static final int SECTION_BYTE_SIZE = 64;
    private static final long LARGEST_FILE = 64 << 20;
    /** Names of heaps and of code are shorter. */
    private static final int LONGEST_NAME = 5000;
    /** A freed block has no type. */
    private static final int TYPES = 0xf;

    private static final String FREED = "_freed";
    private static final String LIVE = "_block";

    /**
     * A block, or a named part of one.
     *
     * @param heapName the name of its heap
     * @param name its own name; empty if it has none, or lost it because the file was full
     * @param isFreed whether it was freed
     * @param address where it starts
     * @param byteSize its bytes
     */
    public record Symbol(String heapName, Optional<String> name, boolean isFreed, long address, long byteSize) {
        boolean contains(long other) {
            return other - address >= 0 && other - address < byteSize;
        }

        @Override
        public String toString() {
            return "%s block%s of heap %s at 0x%x, %,d bytes".formatted(isFreed ? "freed" : "live",
                    name.map(known -> " \"" + known + "\"").orElse(""), heapName, address, byteSize);
        }
    }

    /**
     * Reads the symbols of a file.
     *
     * @throws CommandException if it cannot be read, or is no such image
     */
    public static SymbolImage read(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new CommandException(ExitCode.USAGE, file + " is larger than a symbol file can be");
            }
            ByteBuffer image = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            return new SymbolImage(file, symbols(image));
        } catch (IOException e) {
            throw new CommandException(ExitCode.USAGE, "cannot read " + file + ": " + e);
        } catch (NegativeArraySizeException | IndexOutOfBoundsException | BufferUnderflowException
                | ArithmeticException e) {
            throw new CommandException(ExitCode.USAGE, file + " is not the symbol file of a heap");
        }
    }

    private static List<Symbol> symbols(ByteBuffer image) {
        if (image.getInt(0) != MAGIC || image.get(4) != CLASS_64) {
            throw new IndexOutOfBoundsException("no ELF image of 64 bits");
        }
        int sections = Math.toIntExact(image.getLong(40));
        int sectionByteSize = image.getShort(58);
        int sectionCount = image.getShort(60);
        if (sectionByteSize != SECTION_BYTE_SIZE) {
            throw new IndexOutOfBoundsException("sections of another size");
        }
        List<Symbol> symbols = new ArrayList<>();
        boolean hasTable = false;
        for (int index = 0; index < sectionCount; index++) {
            int section = sections + index * sectionByteSize;
            if (symbols.isEmpty() && image.getInt(section + 4) == SYMBOL_TABLE) {
                int names = sections + image.getInt(section + 40) * sectionByteSize;
                addSymbols(image, section, (int) image.getLong(names + 24), heapName(image, names), symbols);
                hasTable = true;
            }
        }
        if (!hasTable) {
            throw new IndexOutOfBoundsException("no table of symbols");
        }
        symbols.sort(Comparator.comparingLong(Symbol::address));
        return symbols;
    }

    /** {@return the name in that of a block without one; other ELF images have none} */
    private static String heapName(ByteBuffer image, int section) {
        byte[] names = new byte[Math.toIntExact(image.getLong(section + 32))];
        image.get(Math.toIntExact(image.getLong(section + 24)), names);
        String all = new String(names, StandardCharsets.ISO_8859_1);
        int end = all.indexOf(LIVE + "\0");
        if (end < 0 || !all.contains(FREED + "\0")) {
            throw new IndexOutOfBoundsException("no names of blocks");
        }
        return all.substring(all.lastIndexOf('\0', end) + 1, end);
    }

    private static void addSymbols(
            ByteBuffer image, int section, int names, String heapName, List<Symbol> symbols) {
        int start = (int) image.getLong(section + 24);
        int end = start + (int) image.getLong(section + 32);
        for (int symbol = start; symbol <= end - SYMBOL_BYTE_SIZE; symbol += SYMBOL_BYTE_SIZE) {
            if (image.getShort(symbol + 6) != 0) {
                String name = name(image, names + image.getInt(symbol));
                boolean isOwn = !name.equals(heapName + LIVE) && !name.equals(heapName + FREED);
                symbols.add(new Symbol(heapName, isOwn ? Optional.of(name) : Optional.empty(),
                        (image.get(symbol + 4) & TYPES) == 0, image.getLong(symbol + 8), image.getLong(symbol + 16)));
            }
        }
    }

    private static String name(ByteBuffer image, int start) {
        int end = start;
        while (image.get(end) != 0 && end - start < LONGEST_NAME) {
            end++;
        }
        byte[] name = new byte[end - start];
        image.get(start, name);
        return new String(name, StandardCharsets.UTF_8);
    }

    /** {@return the blocks that have an address, the live ones first} */
    public List<Symbol> at(long address) {
        return symbols.stream()
                .filter(symbol -> symbol.contains(address))
                .sorted(Comparator.comparing(Symbol::isFreed))
                .toList();
    }
}
