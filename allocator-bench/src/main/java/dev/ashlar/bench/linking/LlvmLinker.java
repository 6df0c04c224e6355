package dev.ashlar.bench.linking;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.llvm.EngineKind;
import dev.ashlar.llvm.LlvmLibrary;
import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.report.HeapStats;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/** LLVM with the memory that it manages itself, through the plain C API. The contexts of MCJIT stay until the end. */
final class LlvmLinker implements ModuleLinker {
    /** LLVMMCJITCompilerOptions: the level comes first, the code model second. */
    private static final long OPTIONS_BYTE_SIZE = 24;
    private static final long CODE_MODEL_OFFSET = 4;
    private static final int CODE_MODEL_JIT_DEFAULT = 1;

    private final CFunctions llvm;
    private final EngineKind kind;
    private final Arena arena = Arena.ofShared();
    /** An execution engine, or an LLJIT. */
    private MemorySegment jit = MemorySegment.NULL;

    private MemorySegment dylib = MemorySegment.NULL;

    @SuppressWarnings("restricted")
    LlvmLinker(LlvmLibrary library, EngineKind kind) {
        this.llvm = new CFunctions(
                library.file().toString(), SymbolLookup.libraryLookup(library.file(), Arena.global()));
        this.kind = kind;
        if (kind != EngineKind.MCJIT) {
            openOrc();
        }
    }

    private void openOrc() {
        MemorySegment builder = llvm.pointer("LLVMOrcCreateLLJITBuilder");
        if (kind == EngineKind.ORC) {
            llvm.run("LLVMOrcLLJITBuilderSetObjectLinkingLayerCreator", builder, layerCreator(), MemorySegment.NULL);
        }
        MemorySegment result = arena.allocate(ADDRESS);
        check(llvm.pointer("LLVMOrcCreateLLJIT", result, builder));
        jit = result.get(ADDRESS, 0);
        dylib = llvm.pointer("LLVMOrcLLJITGetMainJITDylib", jit);
    }

    @SuppressWarnings("restricted")
    private MemorySegment layerCreator() {
        try {
            MethodType type = MethodType.methodType(
                    MemorySegment.class, MemorySegment.class, MemorySegment.class, MemorySegment.class);
            return Linker.nativeLinker().upcallStub(
                    MethodHandles.lookup().bind(this, "createLayer", type),
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS), arena);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    // Called by LLVM.
    @SuppressWarnings("UnusedMethod")
    private MemorySegment createLayer(MemorySegment unused, MemorySegment session, MemorySegment unusedTriple) {
        return llvm.pointer("LLVMOrcCreateRTDyldObjectLinkingLayerWithSectionMemoryManager", session);
    }

    @Override
    public void addModule(String text, String name) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment bytes = call.allocateFrom(text);
            MemorySegment buffer = llvm.pointer("LLVMCreateMemoryBufferWithMemoryRangeCopy", bytes,
                    bytes.byteSize() - 1, name);
            MemorySegment threadSafe = llvm.pointer("LLVMOrcCreateNewThreadSafeContext");
            MemorySegment context = llvm.pointer("LLVMOrcThreadSafeContextGetContext", threadSafe);
            MemorySegment module = call.allocate(ADDRESS);
            MemorySegment message = call.allocate(ADDRESS);
            require(!llvm.isTrue("LLVMParseIRInContext", context, buffer, module, message), "LLVM refuses " + name);
            if (kind == EngineKind.MCJIT) {
                addToMcjit(module.get(ADDRESS, 0), call);
                return;
            }
            MemorySegment wrapped = llvm.pointer("LLVMOrcCreateNewThreadSafeModule", module.get(ADDRESS, 0),
                    threadSafe);
            llvm.run("LLVMOrcDisposeThreadSafeContext", threadSafe);
            check(llvm.pointer("LLVMOrcLLJITAddLLVMIRModule", jit, dylib, wrapped));
        }
    }

    private void addToMcjit(MemorySegment module, Arena call) {
        if (jit.address() != 0) {
            llvm.run("LLVMAddModule", jit, module);
            return;
        }
        MemorySegment options = call.allocate(OPTIONS_BYTE_SIZE, Long.BYTES);
        llvm.run("LLVMInitializeMCJITCompilerOptions", options, OPTIONS_BYTE_SIZE);
        options.set(JAVA_INT, 0, OPTIMIZATION);
        options.set(JAVA_INT, CODE_MODEL_OFFSET, CODE_MODEL_JIT_DEFAULT);
        MemorySegment created = call.allocate(ADDRESS);
        MemorySegment message = call.allocate(ADDRESS);
        require(!llvm.isTrue("LLVMCreateMCJITCompilerForModule", created, module, options, OPTIONS_BYTE_SIZE, message),
                "LLVM makes no engine");
        jit = created.get(ADDRESS, 0);
    }

    @Override
    public void addObject(byte[] object, String name) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment bytes = call.allocate(object.length).copyFrom(MemorySegment.ofArray(object));
            MemorySegment buffer = llvm.pointer("LLVMCreateMemoryBufferWithMemoryRangeCopy", bytes,
                    bytes.byteSize(), name);
            check(llvm.pointer("LLVMOrcLLJITAddObjectFile", jit, dylib, buffer));
        }
    }

    @Override
    public long address(String function) {
        if (kind == EngineKind.MCJIT) {
            return llvm.number("LLVMGetFunctionAddress", jit, function);
        }
        try (Arena call = Arena.ofConfined()) {
            MemorySegment result = call.allocate(JAVA_LONG);
            check(llvm.pointer("LLVMOrcLLJITLookup", jit, result, function));
            return result.get(JAVA_LONG, 0);
        }
    }

    private static void check(MemorySegment error) {
        require(error.address() == 0, "LLVM reports an error");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }

    @Override
    public Optional<HeapStats> stats() {
        return Optional.empty();
    }

    @Override
    public Optional<Long> splitRegionCount() {
        return Optional.empty();
    }

    @Override
    public void close() {
        if (kind == EngineKind.MCJIT) {
            llvm.run("LLVMDisposeExecutionEngine", jit);
        } else {
            check(llvm.pointer("LLVMOrcDisposeLLJIT", jit));
        }
        arena.close();
    }
}
