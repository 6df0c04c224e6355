package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.capi.CText;
import dev.ashlar.llvm.capi.Callback;
import dev.ashlar.llvm.report.LlvmException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Thread-local variables of shared libraries, such as those of {@code std::call_once}. The engines compile every
 * thread-local variable as an emulated one: a control block, which a function of libgcc turns into an address. A
 * variable of a library has no control block. So one is made for it: its alignment is zero, which no other has, and the
 * numbers follow by which the dynamic linker finds the variable. The engine's own version of the function asks the
 * dynamic linker for such a block, and libgcc for all others.
 */
final class LibraryThreadLocals {
    /** What the code calls, and the name that the engine gives to libgcc's. */
    private static final String GET = "__emutls_get_address";
    private static final String LIBGCC_GET = "ashlar.emutls_get_address";
    private static final String FUNCTION = """
            declare i8* @__tls_get_addr(i64*)
            declare i8* @ashlar.emutls_get_address(i64*)
            define i8* @__emutls_get_address(i64* %block) {
              %where = getelementptr i64, i64* %block, i64 1
              %alignment = load i64, i64* %where
              %shared = icmp eq i64 %alignment, 0
              br i1 %shared, label %library, label %own
            library:
              %index = getelementptr i64, i64* %block, i64 2
              %theirs = call i8* @__tls_get_addr(i64* %index)
              ret i8* %theirs
            own:
              %ours = call i8* @ashlar.emutls_get_address(i64* %block)
              ret i8* %ours
            }
            """;

    /** struct dl_phdr_info, and an entry of its program headers; see dl_iterate_phdr(3). */
    private static final long HEADERS_OFFSET = 16;
    private static final long HEADER_COUNT_OFFSET = 24;
    private static final long MODULE_OFFSET = 48;
    private static final long DATA_OFFSET = 56;
    private static final long INFO_BYTE_SIZE = 64;
    private static final long HEADER_BYTE_SIZE = 56;
    private static final long MEMORY_SIZE_OFFSET = 40;
    private static final int THREAD_LOCAL_SEGMENT = 7;

    private final LoadedLibrary library;
    private final Set<String> known = new HashSet<>();
    private boolean hasFunction;

    LibraryThreadLocals(LoadedLibrary library) {
        this.library = library;
    }

    /**
     * {@return a module with what these modules need; empty if they need nothing new}
     *
     * @param defined the names that modules of the engine define
     * @param definitions what the engine gives to names, to which this may add one
     */
    Optional<LlvmModule> neededBy(List<LlvmModule> modules, Set<String> defined,
            Map<String, MemorySegment> definitions) {
        Set<String> names = new TreeSet<>();
        for (LlvmModule module : modules) {
            module.globals().stream()
                    .filter(value -> value.isDeclaration() && !defined.contains(value.name())
                            && value.isThreadLocal() && value.isUsed())
                    .forEach(value -> names.add(value.name()));
        }
        names.removeAll(known);
        if (names.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            Place place = place(name);
            text.append("@\"__emutls_v.%s\" = constant [4 x i64] [i64 0, i64 0, i64 %d, i64 %d]%n"
                    .formatted(name, place.module, place.offset));
        }
        if (!hasFunction) {
            text.append(FUNCTION);
            definitions.put(LIBGCC_GET, library.symbol(GET).orElseThrow(() -> new LlvmException(
                    "this host has no " + GET + ", which code with thread-local variables needs: install libgcc-s1")));
            hasFunction = true;
        }
        known.addAll(names);
        return Optional.of(LlvmModule.parse(library.functions(), text.toString().getBytes(StandardCharsets.UTF_8),
                "thread-local variables"));
    }

    /** How the dynamic linker knows a variable: struct tls_index. */
    private record Place(long module, long offset) {}

    private Place place(String name) {
        MemorySegment address = library.symbol(name).orElseThrow(() -> new LlvmException(
                "no library of the process defines the thread-local variable " + name));
        Search search = new Search(address.address());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment look = Callback.of(MethodHandles.lookup(), search, "look",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS), arena);
            new CFunctions("this process", library::symbol).integer("dl_iterate_phdr", look, MemorySegment.NULL);
        }
        Place place = search.place;
        if (place == null) {
            throw new LlvmException(name + " is thread-local where it is used, and not in the library that defines it");
        }
        return place;
    }

    /** Looks for the library whose variables, in this thread, contain an address. */
    private static final class Search {
        private final long address;
        private @Nullable Place place;

        Search(long address) {
            this.address = address;
        }

        // Called by the C library for each library; ends the search if it returns something else than zero.
        @SuppressWarnings("UnusedMethod")
        int look(MemorySegment pointer, long unusedByteSize, MemorySegment unused) {
            MemorySegment info = CText.sized(pointer, INFO_BYTE_SIZE);
            long offset = address - info.get(JAVA_LONG, DATA_OFFSET);
            if (info.get(JAVA_LONG, DATA_OFFSET) != 0 && offset >= 0 && offset < variableByteSize(info)) {
                place = new Place(info.get(JAVA_LONG, MODULE_OFFSET), offset);
                return 1;
            }
            return 0;
        }

        private static long variableByteSize(MemorySegment info) {
            int count = Short.toUnsignedInt(info.get(JAVA_SHORT, HEADER_COUNT_OFFSET));
            MemorySegment headers = CText.sized(info.get(ADDRESS, HEADERS_OFFSET), count * HEADER_BYTE_SIZE);
            for (long header = 0; header < headers.byteSize(); header += HEADER_BYTE_SIZE) {
                if (headers.get(JAVA_INT, header) == THREAD_LOCAL_SEGMENT) {
                    return headers.get(JAVA_LONG, header + MEMORY_SIZE_OFFSET);
                }
            }
            return 0;
        }
    }
}
