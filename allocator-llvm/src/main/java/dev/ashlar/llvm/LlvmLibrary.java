package dev.ashlar.llvm;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmException;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A libLLVM of this host. It is loaded once and stays loaded.
 *
 * {@snippet :
 * LlvmLibrary llvm = LlvmLibrary.find();
 * try (CodeHeap heap = CodeHeap.builder().writePath(EngineKind.MCJIT.writePath()).build();
 *         LlvmEngine engine = llvm.openEngine(EngineKind.MCJIT, heap)) {
 *     engine.add(llvm.parse("define i32 @answer() { ret i32 42 }", "example"));
 *     MethodHandle answer = engine.bind("answer", FunctionDescriptor.of(ValueLayout.JAVA_INT));
 *     int result = (int) answer.invokeExact(); // 42
 * }
 * }
 *
 * <p><b>Symbols.</b> Code finds what no module defines in the process: in the C library, libm, libgcc_s and libstdc++,
 * and in libraries that the process was started with. {@link LlvmEngine#define} adds functions of the caller.
 *
 * <p>All methods may be called by any thread.
 */
public final class LlvmLibrary {
    /** By file, so that a module and an engine of one file have one library. */
    private static final Map<Path, LlvmLibrary> LOADED = new ConcurrentHashMap<>();

    private final LoadedLibrary loaded;

    private LlvmLibrary(LoadedLibrary loaded) {
        this.loaded = loaded;
    }

    /**
     * Loads the newest libLLVM of this host: from LD_LIBRARY_PATH, the folders of the distribution, or the packages of
     * LLVM.
     *
     * @return the library
     * @throws LlvmUnavailableException if there is none, or it cannot be used
     */
    public static LlvmLibrary find() {
        return LibraryFiles.ofHost().newestFirst().stream().findFirst().map(LlvmLibrary::open)
                .orElseThrow(() -> new LlvmUnavailableException("this host has no libLLVM: " + LoadedLibrary.REMEDY));
    }

    /**
     * Loads a libLLVM of a major version, as {@link #find()} looks for it.
     *
     * @param major such as 19
     * @return the library
     * @throws LlvmUnavailableException if there is none, or it cannot be used
     */
    public static LlvmLibrary find(int major) {
        List<Path> all = LibraryFiles.ofHost().newestFirst();
        return all.stream()
                .filter(found -> LibraryFiles.version(found).filter(version -> version.major() == major).isPresent())
                .findFirst()
                .map(LlvmLibrary::open)
                .orElseThrow(() -> new LlvmUnavailableException("this host has no libLLVM of version " + major
                        + (all.isEmpty() ? "" : ", only " + all) + ": " + LoadedLibrary.REMEDY));
    }

    /**
     * Loads a libLLVM.
     *
     * @param file the library
     * @return the library
     * @throws LlvmUnavailableException if the file cannot be loaded, or lacks functions of LLVM's C API
     */
    public static LlvmLibrary open(Path file) {
        return LOADED.computeIfAbsent(
                LibraryFiles.real(file.toAbsolutePath()), real -> new LlvmLibrary(LoadedLibrary.load(real)));
    }

    /** {@return the version; all zero if neither the library nor its name tells it} */
    public LlvmVersion version() {
        return loaded.version();
    }

    /** {@return the file that is loaded} */
    public Path file() {
        return loaded.file();
    }

    /**
     * Reads a module from a file of LLVM's assembly language or of bitcode.
     *
     * @param source the file
     * @return the module, which the caller closes or adds to an engine
     * @throws LlvmException if the file cannot be read, or is no valid module for this version
     */
    public LlvmModule parse(Path source) {
        try {
            return LlvmModule.parse(functions(), Files.readAllBytes(source), source.toString());
        } catch (IOException e) {
            throw new LlvmException(source + " cannot be read: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "there is no such file" : String.valueOf(e.getMessage());
    }

    /**
     * Reads a module from a text in LLVM's assembly language.
     *
     * @param text the text
     * @param name the module's name in errors
     * @return the module, which the caller closes or adds to an engine
     * @throws LlvmException if the text is no valid module for this version
     */
    public LlvmModule parse(String text, String name) {
        return LlvmModule.parse(functions(), text.getBytes(StandardCharsets.UTF_8), name);
    }

    /**
     * Copies a module that the caller built by LLVM's C API in this library.
     *
     * @param module an LLVMModuleRef, which stays the caller's
     * @param name the module's name in errors
     * @return the copy, which the caller closes or adds to an engine
     * @throws LlvmException if the module is not valid
     */
    public LlvmModule copy(MemorySegment module, String name) {
        return LlvmModule.copy(functions(), module, name);
    }

    /**
     * Opens an engine that optimises code as {@code -O2} does.
     *
     * @param kind the engine
     * @param heap where its code, constants and data go; built on the engine's {@link EngineKind#writePath}
     * @return the engine; the caller closes it before the heap
     * @throws LlvmUnavailableException if this host lacks what the engine needs
     * @throws IllegalArgumentException if the heap cannot serve the engine
     */
    public LlvmEngine openEngine(EngineKind kind, CodeHeap heap) {
        return openEngine(kind, heap, LlvmEngine.DEFAULT_OPTIMIZATION);
    }

    /**
     * Opens an engine.
     *
     * @param kind the engine
     * @param heap where its code, constants and data go; built on the engine's {@link EngineKind#writePath}
     * @param optimization how much work the code generator does, 0 to 3. Passes over the module are the caller's
     * @return the engine; the caller closes it before the heap
     * @throws LlvmUnavailableException if this host lacks what the engine needs
     * @throws IllegalArgumentException if the heap cannot serve the engine, or the level is out of range
     */
    public LlvmEngine openEngine(EngineKind kind, CodeHeap heap, int optimization) {
        return new LlvmEngine(this, loaded, kind, heap, optimization);
    }

    CFunctions functions() {
        return loaded.functions();
    }
}
