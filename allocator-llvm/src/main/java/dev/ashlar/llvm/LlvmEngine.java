package dev.ashlar.llvm;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.report.LlvmException;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compiles modules into a heap. Several modules may refer to each other, whatever the order in which they are added;
 * several engines may share a heap.
 *
 * <p>Modules are compiled by the first call that needs them: {@link #publish}, {@link #address} or {@link #bind}. All
 * modules that were added until then are published together, which saves pages and calls to the kernel. If LLVM cannot
 * compile them, or the heap has no room, that call throws, nothing has run, and the engine can only be closed.
 *
 * <p>All methods may be called by any thread, one after the other. LLVM runs in the calling thread.
 */
public final class LlvmEngine implements AutoCloseable {
    /** As in {@code -O2}. */
    public static final int DEFAULT_OPTIMIZATION = 2;

    private final LlvmLibrary library;
    private final LoadedLibrary loaded;
    private final EngineKind kind;
    private final CodeHeap heap;
    private final int optimization;
    /** The life of bound handles: it cannot end while a call runs. */
    private final Arena calls = Arena.ofShared();
    // Guarded by this object's monitor, as all below.
    private final Jit jit;
    private final List<LlvmModule> pending = new ArrayList<>();
    private final List<ObjectFile> pendingObjects = new ArrayList<>();
    private final Set<String> defined = new HashSet<>();
    private final Map<String, MemorySegment> definitions = new HashMap<>();
    private final Structors constructors = new Structors("llvm.global_ctors");
    private final Structors destructors = new Structors("llvm.global_dtors");
    private final LibraryThreadLocals threadLocals;
    private @Nullable LlvmException failure;
    private boolean isClosed;

    LlvmEngine(LlvmLibrary library, LoadedLibrary loaded, EngineKind kind, CodeHeap heap, int optimization) {
        Target.requireLevel(optimization);
        if (!heap.supports(kind.feature())) {
            throw new IllegalArgumentException("engine " + kind + " needs a heap on write path " + kind.writePath()
                    + ", and " + heap.name() + " is on " + heap.writePath()
                    + ". Build it with CodeHeap.builder().writePath(EngineKind." + kind.name() + ".writePath())");
        }
        for (String function : kind.functions()) {
            if (loaded.functions().find(function).isEmpty()) {
                throw new LlvmUnavailableException("engine " + kind + " needs a libLLVM that has " + function + ", and "
                        + library.file() + " (version " + library.version()
                        + ") has not. Versions 16 and 19 have it; engine mcjit works with all");
            }
        }
        this.library = library;
        this.loaded = loaded;
        this.kind = kind;
        this.heap = heap;
        this.optimization = optimization;
        this.threadLocals = new LibraryThreadLocals(loaded);
        this.jit = open();
    }

    private Jit open() {
        CFunctions llvm = loaded.functions();
        return switch (kind) {
            case MCJIT -> new Mcjit(llvm, heap, optimization);
            case ORC -> new Orc(loaded, new RuntimeDyldLayer(llvm, heap, optimization),
                    optimization == DEFAULT_OPTIMIZATION);
            case JITLINK -> new Orc(loaded, new JitlinkLayer(Shim.of(loaded), heap, optimization), true);
        };
    }

    /** {@return the kind of engine} */
    public EngineKind kind() {
        return kind;
    }

    /** {@return the library} */
    public LlvmLibrary library() {
        return library;
    }

    /** {@return how much work the code generator does, 0 to 3} */
    public int optimization() {
        return optimization;
    }

    /** {@return the library in this process} */
    LoadedLibrary loaded() {
        return loaded;
    }

    /** {@return where code, constants and data go} */
    public CodeHeap heap() {
        return heap;
    }

    /**
     * Adds a module, to be compiled when it is needed.
     *
     * @param module the module, which belongs to the engine from now on
     * @throws LlvmException if a module of the engine defines one of its names already, or the engine has failed;
     *     the module stays the caller's then
     * @throws IllegalArgumentException if the module is of another library
     * @throws IllegalStateException if the engine is closed, or the module does not belong to the caller
     */
    public synchronized void add(LlvmModule module) {
        requireUsable();
        module.requireLibrary(loaded.functions());
        Set<String> visible = new TreeSet<>();
        Set<String> unique = new TreeSet<>();
        for (GlobalValue value : module.globals()) {
            if (value.kind() == GlobalValue.Kind.INDIRECT) {
                throw new LlvmException("module " + module.name() + " defines the indirect function (ifunc) "
                        + value.name() + ", which LLVM's engines do not link");
            }
            if (!value.isDeclaration() && !value.isLocal()) {
                visible.add(value.name());
                if (value.isUnique()) {
                    unique.add(value.name());
                }
            }
        }
        requireNew("module " + module.name(), unique);
        constructors.takeFrom(module);
        destructors.takeFrom(module);
        defined.addAll(visible);
        pending.add(module);
    }

    private void requireNew(String definer, Set<String> names) {
        for (String name : names) {
            if (defined.contains(name)) {
                throw new LlvmException(
                        definer + " defines " + name + ", which the engine has from another module or object file");
            }
        }
    }

    /**
     * Adds an object file that a compiler made before, to be linked when it is needed; for x86-64 and of
     * position-independent code. Static constructors in it do not run, and functions that it registers for exit do
     * not run either: add such code as a module.
     *
     * @param object the content of the file, of which the engine keeps a copy
     * @param name the object's name in errors
     * @throws LlvmException if it is no object file for x86-64, the engine has one of its names already, or the engine
     *     has failed
     * @throws IllegalArgumentException if the engine is of kind {@link EngineKind#MCJIT}
     * @throws IllegalStateException if the engine is closed
     */
    public synchronized void addObject(byte[] object, String name) {
        requireUsable();
        if (!kind.takesObjects()) {
            throw new IllegalArgumentException("engine " + kind + " takes no object files, and was given " + name
                    + ". Open one of kind ORC or JITLINK, or add a module");
        }
        ObjectFile file = ObjectFile.parse(Objects.requireNonNull(name, "name"), object.clone());
        requireNew("object file " + name, file.strong());
        defined.addAll(file.defined());
        pendingObjects.add(file);
    }

    /**
     * Gives a name an address, for modules that are compiled later: for example a function of the caller's runtime, or
     * an upcall stub.
     *
     * @param name the name that modules declare
     * @param address where it is; the caller keeps it there until the engine is closed
     * @throws IllegalStateException if the engine is closed
     */
    public synchronized void define(String name, MemorySegment address) {
        requireUsable();
        definitions.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(address, "address"));
    }

    /**
     * Compiles, links and publishes all modules and object files that were added since the last call.
     *
     * @throws LlvmException if a symbol is defined nowhere, and then a module that defines it can still be added; or if
     *     LLVM cannot compile the modules or the heap has no room, and then the engine can only be closed
     * @throws IllegalStateException if the engine is closed
     */
    public synchronized void publish() {
        requireUsable();
        if (pending.isEmpty() && pendingObjects.isEmpty()) {
            return;
        }
        new Resolution(kind, loaded, defined, definitions.keySet()).require(pending, pendingObjects);
        LargeData.requireRoom(loaded.functions(), heap, pending);
        threadLocals.neededBy(pending, defined, definitions).ifPresent(pending::add);
        List<LlvmModule> modules = List.copyOf(pending);
        List<ObjectFile> objects = List.copyOf(pendingObjects);
        pending.clear();
        pendingObjects.clear();
        try {
            jit.compile(modules, objects, definitions);
            requireMemory(null);
        } catch (LlvmException e) {
            failure = e;
            requireMemory(e);
            throw e;
        } finally {
            // Those that the compiler did not take.
            modules.forEach(LlvmModule::close);
        }
    }

    /** A refusal of the heap is the cause of what LLVM says after it. */
    private void requireMemory(@Nullable LlvmException consequence) {
        Throwable refusal = jit.refusal();
        if (refusal != null) {
            failure = new LlvmException("the heap refused memory for the code: " + refusal.getMessage(), refusal);
            if (consequence != null) {
                failure.addSuppressed(consequence);
            }
            throw failure;
        }
    }

    /**
     * {@return the address of a function or variable that a module of the engine defines; valid until the engine is
     * closed}
     *
     * @param name its name
     * @throws LlvmException if no module defines it, and as {@link #publish}
     * @throws IllegalStateException if the engine is closed
     */
    public synchronized long address(String name) {
        publish();
        long address = defined.contains(name) ? jit.address(name) : 0;
        if (address == 0) {
            throw new LlvmException("no module of the engine defines " + name);
        }
        return address;
    }

    /**
     * Links a handle to a function. While a call runs, the engine cannot be closed; after its close, calls throw {@link
     * IllegalStateException}.
     *
     * @param name the function
     * @param function its C signature
     * @param options as for {@link Linker#downcallHandle}
     * @return the handle
     * @throws LlvmException if no module defines it, and as {@link #publish}
     * @throws IllegalStateException if the engine is closed
     */
    @SuppressWarnings("restricted")
    public MethodHandle bind(String name, FunctionDescriptor function, Linker.Option... options) {
        MemorySegment target = MemorySegment.ofAddress(address(name)).reinterpret(calls, null);
        return Linker.nativeLinker().downcallHandle(target, function, options);
    }

    /**
     * {@return the addresses of the static constructors of all modules, in the order in which they are to run} They
     * take argc, argv and envp, or nothing. The engine runs none of them.
     *
     * @throws LlvmException as {@link #publish}
     * @throws IllegalStateException if the engine is closed
     */
    public synchronized List<Long> constructors() {
        publish();
        return constructors.addresses(jit);
    }

    /**
     * {@return the addresses of the static destructors of all modules, in the order in which they are to run} C++
     * registers its own with {@code __cxa_atexit}; these are C's. The engine runs none of them.
     *
     * @throws LlvmException as {@link #publish}
     * @throws IllegalStateException if the engine is closed
     */
    public synchronized List<Long> destructors() {
        publish();
        return destructors.addresses(jit).reversed();
    }

    private void requireUsable() {
        if (isClosed) {
            throw new IllegalStateException("the engine is closed");
        }
        if (failure != null) {
            throw new LlvmException("the engine has failed and can only be closed: " + failure.getMessage(), failure);
        }
    }

    /**
     * Disposes the engine and frees its code, constants and data. The caller promises that no thread runs in the code
     * by an address.
     *
     * @throws IllegalStateException if a call of a bound handle runs; nothing has changed then
     */
    @Override
    public synchronized void close() {
        if (!isClosed) {
            calls.close();
            isClosed = true;
            pending.forEach(LlvmModule::close);
            jit.dispose();
        }
    }
}
