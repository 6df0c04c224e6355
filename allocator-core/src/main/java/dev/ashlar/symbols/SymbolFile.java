package dev.ashlar.symbols;

import dev.ashlar.memory.Domain;
import dev.ashlar.report.LiveCode;
import dev.ashlar.stubs.AddressRange;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Creates files of symbols, which {@code ashlar explain} and debuggers read. */
public final class SymbolFile {
    private SymbolFile() {}

    /**
     * Creates a file that is kept up to date.
     *
     * @param range the addresses of all blocks
     * @return its symbols, none yet
     * @throws UncheckedIOException if the file exists, or cannot be written
     */
    public static SymbolTable create(Path path, String heapName, AddressRange range) {
        return ElfImage.file(path, heapName, range);
    }

    /**
     * Creates a file of the code that is live.
     *
     * @throws UncheckedIOException if the file exists, or cannot be written
     */
    public static void write(Path path, String heapName, AddressRange range, List<LiveCode> code) {
        SymbolTable symbols = create(path, heapName, range);
        for (LiveCode live : code) {
            symbols.taken(Domain.CODE, live.address(), live.byteSize(), live.name().orElse(null));
        }
    }
}
