package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A libLLVM in this process.
 *
 * @param file where it was loaded from
 * @param version its version
 * @param functions its functions
 */
record LoadedLibrary(Path file, LlvmVersion version, CFunctions functions) {
    /** What to do without a library. */
    static final String REMEDY =
            "install one, for example: apt-get install libllvm19. Versions 14, 16 and 19 are tested";

    /** What programs expect to be linked with; libLLVM itself is loaded so that nothing else sees its symbols. */
    private static final List<String> RUNTIME_LIBRARIES = List.of("libm.so.6", "libgcc_s.so.1", "libstdc++.so.6");

    private static final byte[] ELF = {0x7F, 'E', 'L', 'F'};

    private static final List<String> TARGET_PARTS = List.of("TargetInfo", "Target", "TargetMC", "AsmPrinter",
            "AsmParser");

    /**
     * Loads a library and its code generator.
     *
     * @throws LlvmUnavailableException if that is not possible
     */
    @SuppressWarnings("restricted")
    static LoadedLibrary load(Path file) {
        requireLibrary(file);
        SymbolLookup symbols;
        try {
            symbols = SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new LlvmUnavailableException(file + " cannot be loaded: " + e.getMessage() + "; " + REMEDY, e);
        }
        CFunctions functions = new CFunctions(file.toString(), symbols);
        EngineKind.MCJIT.functions().forEach(functions::require);
        TARGET_PARTS.forEach(part -> functions.run("LLVMInitializeX86" + part));
        functions.run("LLVMLinkInMCJIT");
        // A host may lack the one of C++, which then only C++ programs miss.
        RUNTIME_LIBRARIES.forEach(name -> functions.isTrue("LLVMLoadLibraryPermanently", name));
        return new LoadedLibrary(file, version(file, functions), functions);
    }

    /** The JVM prints warnings of its own if it is to load another kind of file. */
    private static void requireLibrary(Path file) {
        byte[] start = new byte[Integer.BYTES];
        try (InputStream content = Files.newInputStream(file)) {
            content.readNBytes(start, 0, start.length);
        } catch (IOException e) {
            throw new LlvmUnavailableException(file + " cannot be read: " + REMEDY, e);
        }
        if (!Arrays.equals(start, ELF)) {
            throw new LlvmUnavailableException(file + " is no library: " + REMEDY);
        }
    }

    private static LlvmVersion version(Path file, CFunctions functions) {
        if (functions.find("LLVMGetVersion").isEmpty()) {
            return LibraryFiles.version(file).orElse(new LlvmVersion(0, 0, 0));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(JAVA_INT, 3);
            functions.run("LLVMGetVersion", numbers.asSlice(0), numbers.asSlice(4), numbers.asSlice(8));
            return new LlvmVersion(
                    numbers.getAtIndex(JAVA_INT, 0), numbers.getAtIndex(JAVA_INT, 1), numbers.getAtIndex(JAVA_INT, 2));
        }
    }

    /** {@return the address of a symbol of the process, as code of an engine finds it} */
    Optional<MemorySegment> symbol(String name) {
        return Optional.of(functions.pointer("LLVMSearchForAddressOfSymbol", name))
                .filter(address -> address.address() != 0);
    }
}
