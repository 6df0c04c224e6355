package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.capi.CFunctions;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** ORC with the linker of MCJIT: a batch for each object. */
final class RuntimeDyldLayer implements OrcLayer {
    private final CFunctions llvm;
    private final int optimization;
    private final SectionCallbacks memory;

    RuntimeDyldLayer(CFunctions llvm, CodeHeap heap, int optimization) {
        this.llvm = llvm;
        this.optimization = optimization;
        this.memory = new SectionCallbacks(heap);
    }

    /** C sets a level only by way of a target machine, whose code for thread-local variables RuntimeDyld refuses. */
    @Override
    public MemorySegment target() {
        if (optimization == LlvmEngine.DEFAULT_OPTIMIZATION) {
            return MemorySegment.NULL;
        }
        return llvm.pointer("LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine",
                Target.createMachine(llvm, optimization, Target.Reach.STATIC_LARGE));
    }

    @Override
    public MemorySegment create(MemorySegment session) {
        MemorySegment open = memory.function("openObject", FunctionDescriptor.of(ADDRESS, ADDRESS));
        MemorySegment terminating = memory.function("terminating", FunctionDescriptor.ofVoid(ADDRESS));
        return llvm.pointer("LLVMOrcCreateRTDyldObjectLinkingLayerWithMCJITMemoryManagerLikeCallbacks", session,
                MemorySegment.NULL, open, terminating, memory.code(), memory.data(), memory.finish(), memory.destroy());
    }

    @Override
    public @Nullable Throwable failure() {
        return memory.failure();
    }

    @Override
    public void close() {
        memory.close();
    }
}
