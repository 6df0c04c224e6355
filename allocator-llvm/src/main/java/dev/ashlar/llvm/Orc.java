package dev.ashlar.llvm;

import dev.ashlar.CodeHeap;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ORC. */
final class Orc implements Jit {
    static Orc open(LlvmLibrary library, EngineKind kind, CodeHeap heap, int optimization) {
        throw new UnsupportedOperationException(kind + " " + heap + library + optimization);
    }

    @Override
    public void compile(List<LlvmModule> modules, Map<String, MemorySegment> definitions) {}

    @Override
    public long address(String name) {
        return 0;
    }

    @Override
    public @Nullable Throwable refusal() {
        return null;
    }

    @Override
    public void dispose() {}
}
