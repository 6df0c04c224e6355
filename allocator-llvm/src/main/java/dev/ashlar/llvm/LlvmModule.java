package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.capi.CText;
import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A module of LLVM's intermediate representation, in a context of its own. It is closed by the caller, or handed to an
 * engine or to another module. One thread at a time uses it.
 */
public final class LlvmModule implements AutoCloseable {
    private final CFunctions llvm;
    private final String name;
    private final LlvmContext context;
    private final MemorySegment reference;
    private boolean isOurs = true;
    /** What {@link #globals} found; null if the module has changed since. */
    private @Nullable List<GlobalValue> globals;

    private LlvmModule(CFunctions llvm, String name, LlvmContext context, MemorySegment reference) {
        this.llvm = llvm;
        this.name = name;
        this.context = context;
        this.reference = reference;
    }

    static LlvmModule parse(CFunctions llvm, byte[] source, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(1, source.length));
            MemorySegment.copy(source, 0, bytes, ValueLayout.JAVA_BYTE, 0, source.length);
            MemorySegment buffer = llvm.pointer("LLVMCreateMemoryBufferWithMemoryRangeCopy", bytes,
                    (long) source.length, name);
            LlvmModule module = parse(llvm, buffer, name, new LlvmContext(llvm));
            module.requireValid();
            return module;
        }
    }

    static LlvmModule copy(CFunctions llvm, MemorySegment module, String name) {
        LlvmModule copy = parse(llvm, bitcode(llvm, module), name, new LlvmContext(llvm));
        copy.requireValid();
        return copy;
    }

    /** Reads a buffer, which LLVM disposes. If that fails, closes the context. */
    private static LlvmModule parse(CFunctions llvm, MemorySegment buffer, String name, LlvmContext context) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment module = arena.allocate(ADDRESS);
            MemorySegment message = arena.allocate(ADDRESS);
            if (llvm.isTrue("LLVMParseIRInContext", context.reference(), buffer, module, message)) {
                String reason = takeMessage(llvm, message);
                String more = context.takeErrors();
                context.close();
                throw new LlvmException(name + " is no valid module: " + (reason.isEmpty() ? more : reason));
            }
            return new LlvmModule(llvm, name, context, module.get(ADDRESS, 0));
        }
    }

    private static MemorySegment bitcode(CFunctions llvm, MemorySegment module) {
        return llvm.pointer("LLVMWriteBitcodeToMemoryBuffer", module);
    }

    /** {@return the text that LLVM stored through a pointer, in one line; disposes it} */
    static String takeMessage(CFunctions llvm, MemorySegment pointer) {
        return takeText(llvm, pointer.get(ADDRESS, 0));
    }

    /** {@return a text of LLVM's in one line; disposes it} */
    static String takeText(CFunctions llvm, MemorySegment message) {
        String text = CText.inOneLine(CText.at(message));
        if (message.address() != 0) {
            llvm.run("LLVMDisposeMessage", message);
        }
        return text;
    }

    /** Checks the target, and runs LLVM's verifier: code generators take invalid modules without a word. */
    private void requireValid() {
        String triple = CText.at(llvm.pointer("LLVMGetTarget", reference));
        if (!Target.isOfHost(triple)) {
            close();
            throw new LlvmException(name + " is for the target " + triple + ", and this host is x86_64 Linux");
        }
        // LLVMReturnStatusAction: neither print nor abort.
        final int returnStatus = 2;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(ADDRESS);
            boolean isBroken = llvm.isTrue("LLVMVerifyModule", reference, returnStatus, message);
            String reason = takeMessage(llvm, message);
            if (isBroken) {
                close();
                throw new LlvmException(name + " is no valid module: " + reason);
            }
        }
    }

    /** {@return the name that was given to it} */
    public String name() {
        return name;
    }

    /**
     * Links another module into this one, as a linker does with object files. Names that are private to a file stay
     * so.
     *
     * @param other the module; it is closed, also if this fails
     * @throws LlvmException if the modules do not fit, for example if both define a name; then this module is closed
     *     too
     * @throws IllegalArgumentException if the other module is of another library
     * @throws IllegalStateException if one of the modules does not belong to the caller
     */
    public void link(LlvmModule other) {
        requireOurs();
        other.requireOurs();
        other.requireLibrary(llvm);
        MemorySegment copy;
        try (other) {
            copy = bitcode(llvm, other.reference);
        }
        LlvmModule here = parse(llvm, copy, other.name, context);
        here.isOurs = false;
        noteChange();
        if (llvm.isTrue("LLVMLinkModules2", reference, here.reference)) {
            String reason = context.takeErrors();
            close();
            throw new LlvmException(other.name + " cannot be linked with " + name + ": " + reason);
        }
    }

    /**
     * Compiles the module to an object file, for {@link LlvmEngine#addObject} in this process or a later one. Its code
     * runs on each x86-64 processor. The module is closed, also if this fails.
     *
     * @param optimization how much work the code generator does, 0 to 3
     * @return the content of the object file
     * @throws LlvmException if LLVM cannot compile the module
     * @throws IllegalArgumentException if the level is out of range
     * @throws IllegalStateException if the module does not belong to the caller
     */
    public byte[] compileToObject(int optimization) {
        requireOurs();
        Target.requireLevel(optimization);
        MemorySegment machine =
                Target.createMachine(llvm, optimization, Target.Reach.POSITION_INDEPENDENT);
        try (this; Arena arena = Arena.ofConfined()) {
            MemorySegment layout = llvm.pointer("LLVMCreateTargetDataLayout", machine);
            llvm.run("LLVMSetModuleDataLayout", reference, layout);
            llvm.run("LLVMDisposeTargetData", layout);
            final int objectFile = 1;
            MemorySegment message = arena.allocate(ADDRESS);
            MemorySegment buffer = arena.allocate(ADDRESS);
            boolean hasFailed = llvm.isTrue(
                    "LLVMTargetMachineEmitToMemoryBuffer", machine, reference, objectFile, message, buffer);
            String errors = hasFailed ? takeMessage(llvm, message) : context.takeErrors();
            if (hasFailed || !errors.isEmpty()) {
                throw new LlvmException("LLVM cannot compile " + name + ": " + errors);
            }
            return takeBytes(buffer.get(ADDRESS, 0));
        } finally {
            llvm.run("LLVMDisposeTargetMachine", machine);
        }
    }

    private byte[] takeBytes(MemorySegment buffer) {
        MemorySegment start = llvm.pointer("LLVMGetBufferStart", buffer);
        byte[] bytes = CText.sized(start, llvm.number("LLVMGetBufferSize", buffer)).toArray(ValueLayout.JAVA_BYTE);
        llvm.run("LLVMDisposeMemoryBuffer", buffer);
        return bytes;
    }

    /**
     * {@return whether the module defines a function or variable that other modules see}
     *
     * @param symbol its name
     */
    public boolean defines(String symbol) {
        return global(symbol).filter(value -> !value.isDeclaration() && !value.isLocal()).isPresent();
    }

    /**
     * {@return whether the module uses a function or variable that it does not define}
     *
     * @param symbol its name
     */
    public boolean needs(String symbol) {
        return global(symbol).filter(value -> value.isDeclaration() && value.isUsed()).isPresent();
    }

    /** {@return the function, variable or alias of a name} */
    Optional<GlobalValue> global(String symbol) {
        requireOurs();
        return GlobalValue.named(llvm, reference, symbol);
    }

    /** {@return all functions, variables and aliases} */
    List<GlobalValue> globals() {
        List<GlobalValue> known = globals;
        if (known == null) {
            known = new ArrayList<>();
            for (GlobalValue.Kind kind : GlobalValue.Kind.values()) {
                known.addAll(GlobalValue.all(llvm, reference, kind));
            }
            globals = known;
        }
        return known;
    }

    /** Must be called after a global value was added, removed or renamed. */
    void noteChange() {
        globals = null;
    }

    boolean hasThreadLocals() {
        return globals().stream().anyMatch(GlobalValue::isThreadLocal);
    }

    /** {@return the assembly language of the module itself, which may define names} */
    String assembly() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocate(ValueLayout.JAVA_LONG);
            return CText.at(llvm.pointer("LLVMGetModuleInlineAsm", reference, length));
        }
    }

    /** {@return LLVM's reference to the module, and its context} The engine disposes them from now on. */
    MemorySegment release() {
        requireOurs();
        isOurs = false;
        return reference;
    }

    CFunctions functions() {
        return llvm;
    }

    MemorySegment reference() {
        return reference;
    }

    LlvmContext context() {
        return context;
    }

    void requireLibrary(CFunctions library) {
        if (llvm != library) {
            throw new IllegalArgumentException("module " + name + " is of another library than what it was given to");
        }
    }

    void requireOurs() {
        if (!isOurs) {
            throw new IllegalStateException("module " + name + " is closed, or was handed to an engine or a module");
        }
    }

    /** Frees the module, unless it was handed to an engine or to another module. */
    @Override
    public void close() {
        if (isOurs) {
            isOurs = false;
            llvm.run("LLVMDisposeModule", reference);
            context.close();
        }
    }
}
