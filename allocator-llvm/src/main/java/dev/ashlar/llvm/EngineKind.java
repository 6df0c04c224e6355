package dev.ashlar.llvm;

import dev.ashlar.memory.Feature;
import dev.ashlar.memory.WritePath;
import java.util.List;

/** LLVM's just-in-time compilers, and how each gets code into a heap. */
public enum EngineKind {
    /**
     * MCJIT, which every libLLVM has. It writes sections where they will run, so the heap's write path is {@link
     * WritePath#IN_PLACE}.
     */
    MCJIT("mcjit", WritePath.IN_PLACE, Feature.WRITE_IN_PLACE),
    /** ORC with the linker of MCJIT (RuntimeDyld), in libLLVM 16 and later; {@link WritePath#IN_PLACE} too. */
    ORC("orc", WritePath.IN_PLACE, Feature.WRITE_IN_PLACE),
    /**
     * ORC with LLVM's newer linker (JITLink), which writes code at one address and runs it at another: {@link
     * WritePath#ALIAS}. C cannot reach it, so a library of C++ is compiled when it is first used. That needs a C++
     * compiler and the headers of LLVM.
     */
    JITLINK("jitlink", WritePath.ALIAS, Feature.WRITABLE_ADDRESS);

    private final String label;
    private final WritePath writePath;
    private final Feature feature;

    EngineKind(String label, WritePath writePath, Feature feature) {
        this.label = label;
        this.writePath = writePath;
        this.feature = feature;
    }

    /** {@return the name in reports and options, such as {@code mcjit}} */
    public String label() {
        return label;
    }

    /** {@return the write path with which to build the heap} */
    public WritePath writePath() {
        return writePath;
    }

    /** {@return what the heap must support} */
    Feature feature() {
        return feature;
    }

    /** {@return whether it links object files that a compiler made before} */
    boolean takesObjects() {
        return this != MCJIT;
    }

    /** {@return the functions that libLLVM must have} */
    List<String> functions() {
        return switch (this) {
            case MCJIT -> List.of("LLVMCreateSimpleMCJITMemoryManager", "LLVMExecutionEngineGetErrMsg");
            case ORC -> List.of("LLVMOrcCreateRTDyldObjectLinkingLayerWithMCJITMemoryManagerLikeCallbacks",
                    LlvmContext.GET);
            case JITLINK -> List.of("LLVMOrcCreateLLJIT", LlvmContext.GET);
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
