package dev.ashlar.llvm;

import static org.assertj.core.api.Assertions.fail;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * An engine of a version of LLVM. A test with a setup that this host lacks is skipped, or fails if the variable
 * ASHLAR_LLVM_REQUIRED is true.
 *
 * @param kind the engine
 * @param version the major version
 */
record Setup(EngineKind kind, int version) {
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("ASHLAR_LLVM_REQUIRED"));

    /** {@return all that must work} */
    static Stream<Setup> all() {
        return Stream.of(
                new Setup(EngineKind.MCJIT, 14),
                new Setup(EngineKind.MCJIT, 16),
                new Setup(EngineKind.MCJIT, 19),
                new Setup(EngineKind.ORC, 16),
                new Setup(EngineKind.ORC, 19),
                new Setup(EngineKind.JITLINK, 19));
    }

    /** {@return the newest libLLVM} */
    static LlvmLibrary anyLibrary() {
        return offered(LlvmLibrary::find);
    }

    static LlvmLibrary library(int version) {
        return offered(() -> LlvmLibrary.find(version));
    }

    LlvmLibrary library() {
        return library(version);
    }

    /** {@return a heap with 16 MiB for code} */
    CodeHeap heap() {
        return CodeHeap.builder().writePath(kind.writePath()).capacity(16 << 20).build();
    }

    LlvmEngine open(CodeHeap heap) {
        LlvmLibrary library = library();
        return offered(() -> library.openEngine(kind, heap));
    }

    private static <T> T offered(Supplier<T> part) {
        try {
            return part.get();
        } catch (LlvmUnavailableException lacking) {
            if (REQUIRED) {
                return fail("this host must have it (ASHLAR_LLVM_REQUIRED)", lacking);
            }
            Assumptions.abort(lacking.getMessage());
            throw lacking;
        }
    }
}
