package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The main of a program: what C allows. A call with another signature could do anything. */
final class MainFunction {
    private static final int ARGUMENTS_MAX = 3;
    private static final int INT_BITS = 32;
    /** Constants of LLVMTypeKind. */
    private static final int VOID = 0;

    private static final int INTEGER = 8;
    private static final int POINTER = 12;

    private MainFunction() {}

    /**
     * Requires that a program has a main that can be called.
     *
     * @throws LlvmException if it has none, or one of another signature
     */
    static void require(LlvmModule program) {
        GlobalValue main = program.global("main")
                .filter(value -> value.kind() == GlobalValue.Kind.FUNCTION && !value.isDeclaration()
                        && !value.isLocal())
                .orElseThrow(() -> new LlvmException("no function main is defined in " + program.name()
                        + " or a file linked with it"));
        CFunctions llvm = program.functions();
        MemorySegment result = llvm.pointer("LLVMGetReturnType", main.type());
        List<MemorySegment> arguments = argumentTypes(llvm, main.type());
        boolean isCallable = (isInt(llvm, result) || kind(llvm, result) == VOID)
                && arguments.size() <= ARGUMENTS_MAX
                && arguments.stream().limit(1).allMatch(type -> isInt(llvm, type))
                && arguments.stream().skip(1).allMatch(type -> kind(llvm, type) == POINTER);
        if (!isCallable) {
            MemorySegment text = llvm.pointer("LLVMPrintTypeToString", main.type());
            throw new LlvmException("main has the wrong signature: it is " + LlvmModule.takeText(llvm, text)
                    + ", and must return i32 or void and take nothing, i32, or i32 and one or two pointers");
        }
    }

    private static List<MemorySegment> argumentTypes(CFunctions llvm, MemorySegment function) {
        int count = llvm.integer("LLVMCountParamTypes", function);
        List<MemorySegment> types = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(ADDRESS, Math.max(1, count));
            llvm.run("LLVMGetParamTypes", function, list);
            for (int index = 0; index < count; index++) {
                types.add(list.getAtIndex(ADDRESS, index));
            }
        }
        return types;
    }

    private static boolean isInt(CFunctions llvm, MemorySegment type) {
        return kind(llvm, type) == INTEGER && llvm.integer("LLVMGetIntTypeWidth", type) == INT_BITS;
    }

    private static int kind(CFunctions llvm, MemorySegment type) {
        return llvm.integer("LLVMGetTypeKind", type);
    }
}
