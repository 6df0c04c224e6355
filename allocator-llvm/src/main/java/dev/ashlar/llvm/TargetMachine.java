package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** LLVM's code generators for this host's kind of processor, with no more instructions than all of the kind have. */
final class TargetMachine {

    /** How code reaches what lies elsewhere: LLVMRelocMode and LLVMCodeModel. */
    enum Reach {
        /** Anywhere, by addresses of 64 bits. */
        STATIC_LARGE(1, 6),
        /** Within 2 GiB by displacements, further by tables that the linker makes. */
        POSITION_INDEPENDENT(2, 0);

        private final int relocation;
        private final int codeModel;

        Reach(int relocation, int codeModel) {
            this.relocation = relocation;
            this.codeModel = codeModel;
        }
    }

    private TargetMachine() {}

    /** {@return an LLVMTargetMachineRef, which the caller disposes or hands on} */
    static MemorySegment create(CFunctions llvm, int optimization, Reach reach) {
        MemorySegment triple = llvm.pointer("LLVMGetDefaultTargetTriple");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(ADDRESS);
            MemorySegment message = arena.allocate(ADDRESS);
            if (llvm.isTrue("LLVMGetTargetFromTriple", triple, target, message)) {
                throw new LlvmException("LLVM knows no target of this host: " + LlvmModule.takeMessage(llvm, message));
            }
            return llvm.pointer("LLVMCreateTargetMachine", target.get(ADDRESS, 0), triple, "", "",
                    optimization, reach.relocation, reach.codeModel);
        } finally {
            llvm.run("LLVMDisposeMessage", triple);
        }
    }
}
