package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.capi.CText;
import dev.ashlar.llvm.capi.Callback;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;

/**
 * What the modules of one context share, and the errors that LLVM finds in them. Without a handler of errors, LLVM
 * would end the process at the first. One thread at a time.
 */
final class LlvmContext implements AutoCloseable {
    /** LLVMDSError. */
    private static final int ERROR = 0;

    private final CFunctions llvm;
    private final MemorySegment reference;
    private final Runnable disposal;
    /** The life of the handler: LLVM calls it until the context is disposed. */
    private final Arena arena = Arena.ofShared();
    private final List<String> errors = new ArrayList<>();

    private LlvmContext(CFunctions llvm, MemorySegment reference, Runnable disposal) {
        this.llvm = llvm;
        this.reference = reference;
        this.disposal = disposal;
        MemorySegment handler = Callback.of(
                MethodHandles.lookup(), this, "note", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS), arena);
        llvm.run("LLVMContextSetDiagnosticHandler", reference, handler, MemorySegment.NULL);
    }

    /** {@return a new context} */
    static LlvmContext create(CFunctions llvm) {
        MemorySegment reference = llvm.pointer("LLVMContextCreate");
        return new LlvmContext(llvm, reference, () -> llvm.run("LLVMContextDispose", reference));
    }

    /** {@return a new context of ORC's kind}, which lives as long as anything of it is in an engine */
    static LlvmContext createForOrc(CFunctions llvm, MemorySegment threadSafe) {
        MemorySegment reference = llvm.pointer("LLVMOrcThreadSafeContextGetContext", threadSafe);
        return new LlvmContext(llvm, reference, () -> llvm.run("LLVMOrcDisposeThreadSafeContext", threadSafe));
    }

    /** Called by LLVM. */
    void note(MemorySegment diagnostic, MemorySegment unused) {
        try {
            if (llvm.integer("LLVMGetDiagInfoSeverity", diagnostic) == ERROR) {
                MemorySegment text = llvm.pointer("LLVMGetDiagInfoDescription", diagnostic);
                errors.add(CText.at(text));
                llvm.run("LLVMDisposeMessage", text);
            }
        } catch (Throwable e) {
            errors.add(e.toString());
        }
    }

    MemorySegment reference() {
        return reference;
    }

    /** {@return the errors since the last call, as one text; empty if there were none} */
    String takeErrors() {
        String text = CText.inOneLine(String.join("\n", errors));
        errors.clear();
        return text;
    }

    @Override
    public void close() {
        disposal.run();
        arena.close();
    }
}
