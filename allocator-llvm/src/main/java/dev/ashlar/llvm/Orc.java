package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.capi.CText;
import dev.ashlar.llvm.capi.Callback;
import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ORC's LLJIT. Concurrent lookups crash it, so the engine's lock orders them.
 *
 * <p>Its platform would keep functions for exit to itself and run them only if it is asked to, which C cannot do. So
 * the code gets the names of the C library under others.
 */
final class Orc implements Jit {
    /** What the platform defines. */
    private static final List<String> PLATFORM_NAMES = List.of("__cxa_atexit", "atexit", "__dso_handle");
    private static final String OWN_PREFIX = "ashlar.";
    private static final String CONSEQUENCE = "Failed to materialize symbols";
    /** LLVMOrcCSymbolMapPair: a name, an address, and two bytes of flags. */
    private static final long PAIR_BYTE_SIZE = 24;
    private static final long ADDRESS_OFFSET = 8;
    private static final long FLAGS_OFFSET = 16;
    /** LLVMJITSymbolGenericFlagsExported. */
    private static final byte EXPORTED = 1;

    private final CFunctions llvm;
    private final OrcLayer layer;
    private final boolean allowsThreadLocals;
    private final Arena arena = Arena.ofShared();
    private final List<LlvmContext> contexts = new ArrayList<>();
    private final Set<String> given = new HashSet<>();
    /** What the look-ups that compile have found: callers ask for these names next. */
    private final Map<String, Long> found = new HashMap<>();
    private final List<String> errors = new ArrayList<>();
    private final MemorySegment jit;
    private final MemorySegment dylib;

    /** Takes the layer. */
    Orc(LoadedLibrary library, OrcLayer layer, boolean allowsThreadLocals) {
        this.llvm = library.functions();
        this.layer = layer;
        this.allowsThreadLocals = allowsThreadLocals;
        MemorySegment created = arena.allocate(ADDRESS);
        MemorySegment builder = llvm.pointer("LLVMOrcCreateLLJITBuilder");
        MemorySegment target = layer.target();
        if (target.address() != 0) {
            llvm.run("LLVMOrcLLJITBuilderSetJITTargetMachineBuilder", builder, target);
        }
        llvm.run("LLVMOrcLLJITBuilderSetObjectLinkingLayerCreator", builder,
                function("createLayer", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS)), MemorySegment.NULL);
        check("ORC cannot start", llvm.pointer("LLVMOrcCreateLLJIT", created, builder));
        this.jit = created.get(ADDRESS, 0);
        this.dylib = llvm.pointer("LLVMOrcLLJITGetMainJITDylib", jit);
        llvm.run("LLVMOrcExecutionSessionSetErrorReporter", llvm.pointer("LLVMOrcLLJITGetExecutionSession", jit),
                function("note", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS)), MemorySegment.NULL);
        MemorySegment process = arena.allocate(ADDRESS);
        check("ORC finds no symbols of the process", llvm.pointer(
                "LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess", process, 0, MemorySegment.NULL,
                MemorySegment.NULL));
        llvm.run("LLVMOrcJITDylibAddGenerator", dylib, process.get(ADDRESS, 0));
        library.symbol("__cxa_atexit").ifPresent(address -> define(OWN_PREFIX + "__cxa_atexit", address));
    }

    private MemorySegment function(String method, FunctionDescriptor type) {
        return Callback.of(MethodHandles.lookup(), this, method, type, arena);
    }

    /** Called by LLVM, which gives up at NULL. */
    MemorySegment createLayer(MemorySegment unused, MemorySegment session, MemorySegment triple) {
        try {
            return layer.create(session);
        } catch (Throwable e) {
            errors.add(e.toString());
            return MemorySegment.NULL;
        }
    }

    /** Called by LLVM with an error of its own, which this consumes. */
    void note(MemorySegment unused, MemorySegment error) {
        try {
            errors.add(message(error));
        } catch (Throwable e) {
            errors.add(e.toString());
        }
    }

    @Override
    public void compile(List<LlvmModule> modules, List<ObjectFile> objects, Map<String, MemorySegment> definitions) {
        definitions.forEach((name, address) -> {
            if (given.add(name)) {
                define(name, address);
            }
        });
        List<String> names = new ArrayList<>();
        for (LlvmModule module : modules) {
            requireThreadLocalsAllowed(module);
            for (String name : PLATFORM_NAMES) {
                module.global(name).filter(value -> !value.isLocal())
                        .ifPresent(value -> value.rename(OWN_PREFIX + name));
            }
            module.noteChange();
            anyName(module).ifPresent(names::add);
            add(module);
        }
        for (ObjectFile object : objects) {
            object.strong().stream().findFirst().ifPresent(names::add);
            add(object);
        }
        // Each lookup compiles and links what defines the name.
        names.forEach(name -> found.put(name, lookUp(name)));
    }

    private void requireThreadLocalsAllowed(LlvmModule module) {
        if (!allowsThreadLocals && module.hasThreadLocals()) {
            throw new LlvmException("engine " + EngineKind.ORC + " compiles thread-local variables at optimization "
                    + LlvmEngine.DEFAULT_OPTIMIZATION + " only, and " + module.name() + " has some");
        }
    }

    private static Optional<String> anyName(LlvmModule module) {
        return module.globals().stream()
                .filter(value -> !value.isDeclaration() && value.isUnique())
                .map(GlobalValue::name)
                .findFirst();
    }

    private void add(LlvmModule module) {
        LlvmContext context = module.context();
        contexts.add(context);
        MemorySegment wrapped =
                llvm.pointer("LLVMOrcCreateNewThreadSafeModule", module.release(), context.threadSafe());
        check("ORC does not take " + module.name(), llvm.pointer("LLVMOrcLLJITAddLLVMIRModule", jit, dylib, wrapped));
    }

    private void add(ObjectFile object) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment bytes = call.allocate(object.content().byteSize()).copyFrom(object.content());
            MemorySegment buffer = llvm.pointer("LLVMCreateMemoryBufferWithMemoryRangeCopy", bytes, bytes.byteSize(),
                    object.name());
            check("ORC does not take " + object.name(),
                    llvm.pointer("LLVMOrcLLJITAddObjectFile", jit, dylib, buffer));
        }
    }

    private void define(String name, MemorySegment address) {
        MemorySegment pair = arena.allocate(PAIR_BYTE_SIZE, Long.BYTES);
        pair.set(ADDRESS, 0, llvm.pointer("LLVMOrcLLJITMangleAndIntern", jit, name));
        pair.set(ADDRESS, ADDRESS_OFFSET, address);
        pair.set(JAVA_BYTE, FLAGS_OFFSET, EXPORTED);
        MemorySegment symbols = llvm.pointer("LLVMOrcAbsoluteSymbols", pair, 1L);
        check("ORC does not take the definition of " + name, llvm.pointer("LLVMOrcJITDylibDefine", dylib, symbols));
    }

    @Override
    public long address(String name) {
        Long address = found.get(name);
        return address != null ? address : lookUp(name);
    }

    private long lookUp(String name) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment result = call.allocate(JAVA_LONG);
            check("LLVM cannot compile " + name, llvm.pointer("LLVMOrcLLJITLookup", jit, result, name));
            return result.get(JAVA_LONG, 0);
        }
    }

    /** What ORC reported and what the compiler said come before the error, which often only names symbols. */
    private void check(String failed, MemorySegment error) {
        contexts.stream().map(LlvmContext::takeErrors).filter(text -> !text.isEmpty()).forEach(errors::add);
        if (error.address() != 0) {
            errors.add(message(error));
        }
        if (!errors.isEmpty()) {
            // It lists all symbols of the module, and comes after the reason.
            if (!errors.stream().allMatch(text -> text.startsWith(CONSEQUENCE))) {
                errors.removeIf(text -> text.startsWith(CONSEQUENCE));
            }
            String reasons = String.join("; ", errors);
            errors.clear();
            throw new LlvmException(failed + ": " + reasons);
        }
    }

    /** {@return the text of an error, which this consumes} */
    private String message(MemorySegment error) {
        MemorySegment message = llvm.pointer("LLVMGetErrorMessage", error);
        String text = CText.inOneLine(CText.at(message));
        llvm.run("LLVMDisposeErrorMessage", message);
        return text;
    }

    @Override
    public @Nullable Throwable refusal() {
        return layer.failure();
    }

    @Override
    public void dispose() {
        MemorySegment error = llvm.pointer("LLVMOrcDisposeLLJIT", jit);
        if (error.address() != 0) {
            errors.add(message(error));
        }
        layer.close();
        contexts.forEach(LlvmContext::close);
        arena.close();
    }
}
