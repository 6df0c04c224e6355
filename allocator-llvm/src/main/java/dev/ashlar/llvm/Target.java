package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** What code is generated for: this host's kind of processor, with the instructions that all of the kind have. */
final class Target {

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

    private static final List<String> PROCESSORS = List.of("x86_64", "amd64");
    private static final List<String> NO_SYSTEM = List.of("", "unknown", "none");

    private static final int LARGEST_OPTIMIZATION = 3;

    private Target() {}

    static void requireLevel(int optimization) {
        if (optimization < 0 || optimization > LARGEST_OPTIMIZATION) {
            throw new IllegalArgumentException(
                    "optimization is " + optimization + ", and must be 0 to " + LARGEST_OPTIMIZATION);
        }
    }

    /** {@return whether code for a target, a triple of LLVM, runs here} An empty one is for any. */
    static boolean isOfHost(String triple) {
        String[] parts = triple.split("-", -1);
        boolean isLinux = parts.length < 3 || triple.contains("-linux") || NO_SYSTEM.contains(parts[2]);
        return triple.isEmpty() || (PROCESSORS.contains(parts[0]) && isLinux && !triple.endsWith("x32"));
    }

    /** {@return an LLVMTargetMachineRef, which the caller disposes or hands on} */
    static MemorySegment createMachine(CFunctions llvm, int optimization, Reach reach) {
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
