package dev.ashlar.llvm;

import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of LLVM's compilers, with memory of a heap. Under the lock of its engine. */
sealed interface Jit permits Mcjit, Orc {

    /**
     * Compiles and links modules and object files, whose names all resolve, and publishes their code.
     *
     * @param modules the modules, which belong to this compiler from now on
     * @param objects the object files; none unless the kind of engine takes them
     * @param definitions addresses that the caller gave to names
     * @throws LlvmException if LLVM refuses them or the heap has no room; nothing of them has run
     */
    void compile(List<LlvmModule> modules, List<ObjectFile> objects, Map<String, MemorySegment> definitions);

    /** {@return the address of a function or variable of the modules; 0 if LLVM does not know it} */
    long address(String name);

    /** {@return why the heap refused memory; null if it did not} */
    @Nullable Throwable refusal();

    /** Frees everything. No thread runs in the code. */
    void dispose();
}
