package dev.ashlar.bench.linking;

import dev.ashlar.llvm.EngineKind;
import dev.ashlar.llvm.LlvmLibrary;
import dev.ashlar.report.HeapStats;
import java.util.Optional;

/** Compiles modules or links objects, and finds their functions. */
public sealed interface ModuleLinker extends AutoCloseable permits HeapLinker, LlvmLinker {
    /** As in {@code -O2}, which is LLVM's own default. */
    int OPTIMIZATION = 2;

    /** The contender that uses the memory of LLVM. */
    String LLVM = "llvm";

    /** {@return a linker with the memory of this name: {@value #LLVM}, or one of {@link HeapLinker}} */
    static ModuleLinker open(LlvmLibrary library, EngineKind engine, String memory) {
        return memory.equals(LLVM) ? new LlvmLinker(library, engine) : new HeapLinker(library, engine, memory);
    }

    /** Adds a module in LLVM's assembly language, to be compiled by the next look-up. */
    void addModule(String text, String name);

    /** Adds an object file, to be linked by the next look-up. */
    void addObject(byte[] object, String name);

    /** {@return the address of a function, which can be called now} */
    long address(String function);

    /** {@return what the heap says of its memory; empty if there is no heap} */
    Optional<HeapStats> stats();

    /** {@return regions of code that are not huge; empty if there is no heap} */
    Optional<Long> splitRegionCount();

    @Override
    void close();
}
