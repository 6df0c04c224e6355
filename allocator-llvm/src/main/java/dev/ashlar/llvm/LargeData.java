package dev.ashlar.llvm;

import dev.ashlar.CodeBatch;
import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmException;
import dev.ashlar.memory.Domain;
import dev.ashlar.report.HeapExhaustedException;
import java.util.List;

/**
 * Large variables of modules. If the heap has no room for them, LLVM would write zeros to as much scratch memory; so
 * the heap is asked before.
 */
final class LargeData {
    /** Below this, scratch memory is cheap. */
    private static final long SMALL_BYTE_SIZE = 64L << 20;

    private LargeData() {}

    /**
     * Requires room for the variables of modules, if they are large.
     *
     * @throws LlvmException if there is no room; the heap is unchanged
     */
    static void requireRoom(CFunctions llvm, CodeHeap heap, List<LlvmModule> modules) {
        long sum = 0;
        for (LlvmModule module : modules) {
            var layout = llvm.pointer("LLVMGetModuleDataLayout", module.reference());
            for (GlobalValue value : module.globals()) {
                if (value.kind() == GlobalValue.Kind.VARIABLE && !value.isDeclaration()) {
                    sum = plus(sum, llvm.number("LLVMABISizeOfType", layout, value.type()));
                }
            }
        }
        if (sum < SMALL_BYTE_SIZE) {
            return;
        }
        if (sum > CodeHeap.LARGEST_CAPACITY) {
            throw new LlvmException("the variables of the code take " + sum + " bytes, and a heap has at most "
                    + CodeHeap.LARGEST_CAPACITY + " bytes for all");
        }
        try (CodeBatch trial = heap.openBatch()) {
            trial.allocate(Domain.DATA, sum, 1);
        } catch (HeapExhaustedException | IllegalArgumentException e) {
            throw new LlvmException("the heap refused memory for the variables of the code: " + e.getMessage(), e);
        }
    }

    /** {@return the sum of two unsigned sizes, or the largest number} */
    private static long plus(long one, long other) {
        long sum = one + other;
        return other < 0 || sum < 0 ? Long.MAX_VALUE : sum;
    }
}
