package dev.ashlar.llvm.capi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a C library, called by name. Their types follow from the call: an {@code Integer} is an int or an
 * enum, a {@code Long} a size_t or a 64-bit number, a {@code MemorySegment} a pointer, and a {@code String} a
 * zero-terminated text that lives as long as the call. The method says what the function returns.
 *
 * <p>Each name is linked once. These calls frame the work of a compiler, so their own time does not count.
 */
public final class CFunctions {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodType SPREAD = MethodType.methodType(Object.class, Object[].class);

    private final String library;
    private final SymbolLookup symbols;
    private final Map<String, MethodHandle> handles = new ConcurrentHashMap<>();

    /**
     * Makes the functions of a library.
     *
     * @param library its name in errors
     * @param symbols finds its functions
     */
    public CFunctions(String library, SymbolLookup symbols) {
        this.library = library;
        this.symbols = symbols;
    }

    /** {@return the address of a function; empty if the library has none of that name} */
    public Optional<MemorySegment> find(String name) {
        return symbols.find(name);
    }

    /**
     * {@return the address of a function}
     *
     * @param name the function
     * @throws LlvmUnavailableException if the library has none of that name
     */
    public MemorySegment require(String name) {
        return find(name).orElseThrow(() -> new LlvmUnavailableException(
                library + " has no function " + name + ": it is too old, too new or no libLLVM. Versions 14, 16 and 19"
                        + " are tested; install one of them, for example: apt-get install libllvm19"));
    }

    /** Calls a function that returns nothing. */
    public void run(String name, Object... arguments) {
        call(name, null, arguments);
    }

    /** {@return the pointer that a function returns} */
    public MemorySegment pointer(String name, Object... arguments) {
        return (MemorySegment) result(name, ADDRESS, arguments);
    }

    /** {@return the int, enum or LLVMBool that a function returns} */
    public int integer(String name, Object... arguments) {
        return (int) result(name, JAVA_INT, arguments);
    }

    /** {@return whether a function returns anything but zero: of LLVM's, either a yes or a failure} */
    public boolean isTrue(String name, Object... arguments) {
        return integer(name, arguments) != 0;
    }

    /** {@return the 64-bit number that a function returns} */
    public long number(String name, Object... arguments) {
        return (long) result(name, JAVA_LONG, arguments);
    }

    private Object result(String name, MemoryLayout layout, Object... arguments) {
        return Objects.requireNonNull(call(name, layout, arguments), name);
    }

    private @Nullable Object call(String name, @Nullable MemoryLayout result, Object... arguments) {
        Arena texts = null;
        try {
            Object[] values = arguments.clone();
            for (int index = 0; index < values.length; index++) {
                if (values[index] instanceof String text) {
                    texts = texts == null ? Arena.ofConfined() : texts;
                    values[index] = texts.allocateFrom(text);
                }
            }
            MethodHandle handle = handles.get(name);
            if (handle == null) {
                handle = link(name, result, values);
                handles.put(name, handle);
            }
            return handle.invokeExact(values);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(name, e);
        } finally {
            if (texts != null) {
                texts.close();
            }
        }
    }

    @SuppressWarnings("restricted")
    private MethodHandle link(String name, @Nullable MemoryLayout result, Object... values) {
        MemoryLayout[] layouts = Arrays.stream(values).map(CFunctions::layoutOf).toArray(MemoryLayout[]::new);
        FunctionDescriptor function =
                result == null ? FunctionDescriptor.ofVoid(layouts) : FunctionDescriptor.of(result, layouts);
        return LINKER.downcallHandle(require(name), function)
                .asSpreader(Object[].class, values.length)
                .asType(SPREAD);
    }

    private static MemoryLayout layoutOf(Object value) {
        return switch (value) {
            case Integer _ -> JAVA_INT;
            case Long _ -> JAVA_LONG;
            case MemorySegment _ -> ADDRESS;
            default -> throw new IllegalArgumentException("no C type for " + value.getClass());
        };
    }
}
