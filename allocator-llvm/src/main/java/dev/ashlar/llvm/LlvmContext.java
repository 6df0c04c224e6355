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
    /** Up to LLVM 20. */
    static final String GET = "LLVMOrcThreadSafeContextGetContext";

    private final CFunctions llvm;
    /** An LLVMOrcThreadSafeContextRef, which a module must be in to be handed to ORC; NULL if this libLLVM has none. */
    private final MemorySegment threadSafe;

    private final MemorySegment reference;
    /** The life of the handler: LLVM calls it until the context is disposed. */
    private final Arena arena = Arena.ofShared();
    private final List<String> errors = new ArrayList<>();

    /** Makes a new context. */
    LlvmContext(CFunctions llvm) {
        this.llvm = llvm;
        boolean isForOrc = llvm.find(GET).isPresent();
        this.threadSafe = isForOrc ? llvm.pointer("LLVMOrcCreateNewThreadSafeContext") : MemorySegment.NULL;
        this.reference = isForOrc ? llvm.pointer(GET, threadSafe) : llvm.pointer("LLVMContextCreate");
        MemorySegment handler = Callback.of(
                MethodHandles.lookup(), this, "note", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS), arena);
        llvm.run("LLVMContextSetDiagnosticHandler", reference, handler, MemorySegment.NULL);
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

    /** {@return the context as ORC takes it} Pre: the engine's kind is one of ORC's. */
    MemorySegment threadSafe() {
        return threadSafe;
    }

    /** {@return the errors since the last call, as one text; empty if there were none} */
    String takeErrors() {
        String text = CText.inOneLine(String.join("\n", errors));
        errors.clear();
        return text;
    }

    @Override
    public void close() {
        if (threadSafe.address() != 0) {
            // ORC keeps it as long as it has one of its modules.
            llvm.run("LLVMOrcDisposeThreadSafeContext", threadSafe);
        } else {
            llvm.run("LLVMContextDispose", reference);
        }
        arena.close();
    }
}
