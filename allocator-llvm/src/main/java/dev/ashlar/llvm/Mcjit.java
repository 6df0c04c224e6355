package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** MCJIT. All modules of one call are published as one batch. */
final class Mcjit implements Jit {
    /** LLVMMCJITCompilerOptions: two ints and two flags, then the memory manager. */
    private static final long OPTIONS_BYTE_SIZE = 24;
    private static final long CODE_MODEL_OFFSET = 4;
    private static final long MEMORY_OFFSET = 16;
    /**
     * LLVMCodeModelJITDefault, which is the large one: C cannot ask for position-independent code, and other models
     * would cut addresses above 2 GiB off.
     */
    private static final int CODE_MODEL = 1;

    private final CFunctions llvm;
    private final int optimization;
    private final SectionCallbacks memory;
    private final List<LlvmContext> contexts = new ArrayList<>();
    private MemorySegment engine = MemorySegment.NULL;

    Mcjit(CFunctions llvm, CodeHeap heap, int optimization) {
        this.llvm = llvm;
        this.optimization = optimization;
        this.memory = new SectionCallbacks(heap);
    }

    @Override
    public void compile(List<LlvmModule> modules, List<ObjectFile> objects,
            Map<String, MemorySegment> definitions) {
        for (LlvmModule module : modules) {
            List<GlobalValue> given = module.globals().stream()
                    .filter(value -> value.isDeclaration() && definitions.containsKey(value.name()))
                    .toList();
            contexts.add(module.context());
            add(module);
            given.forEach(value -> llvm.run("LLVMAddGlobalMapping", engine, value.reference(),
                    definitions.getOrDefault(value.name(), MemorySegment.NULL)));
        }
        // The modules have no constructors left: this only compiles and publishes all of them.
        llvm.run("LLVMRunStaticConstructors", engine);
        requireNoError(modules);
    }

    private void add(LlvmModule module) {
        if (engine.address() != 0) {
            llvm.run("LLVMAddModule", engine, module.release());
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = arena.allocate(OPTIONS_BYTE_SIZE, Long.BYTES);
            llvm.run("LLVMInitializeMCJITCompilerOptions", options, OPTIONS_BYTE_SIZE);
            options.set(JAVA_INT, 0, optimization);
            options.set(JAVA_INT, CODE_MODEL_OFFSET, CODE_MODEL);
            options.set(ADDRESS, MEMORY_OFFSET, llvm.pointer("LLVMCreateSimpleMCJITMemoryManager",
                    memory.open(), memory.code(), memory.data(), memory.finish(), memory.destroy()));
            MemorySegment created = arena.allocate(ADDRESS);
            MemorySegment message = arena.allocate(ADDRESS);
            // LLVM owns module and memory from here on, also if it fails.
            if (llvm.isTrue("LLVMCreateMCJITCompilerForModule", created, module.release(), options,
                    OPTIONS_BYTE_SIZE, message)) {
                throw new LlvmException(
                        "LLVM made no engine for " + module.name() + ": " + LlvmModule.takeMessage(llvm, message));
            }
            engine = created.get(ADDRESS, 0);
        }
    }

    /** MCJIT leaves every external address zero if it lacks one, and says so only here. */
    private void requireNoError(List<LlvmModule> modules) {
        for (LlvmModule module : modules) {
            String errors = module.context().takeErrors();
            if (!errors.isEmpty()) {
                throw new LlvmException("LLVM cannot compile " + module.name() + ": " + errors);
            }
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(ADDRESS);
            if (llvm.isTrue("LLVMExecutionEngineGetErrMsg", engine, message)) {
                throw new LlvmException("LLVM cannot link the code: " + LlvmModule.takeMessage(llvm, message));
            }
        }
    }

    @Override
    public long address(String name) {
        return llvm.number("LLVMGetGlobalValueAddress", engine, name);
    }

    @Override
    public @Nullable Throwable refusal() {
        return memory.failure();
    }

    @Override
    public void dispose() {
        if (engine.address() != 0) {
            llvm.run("LLVMDisposeExecutionEngine", engine);
        }
        memory.close();
        contexts.forEach(LlvmContext::close);
    }
}
