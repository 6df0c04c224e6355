package dev.ashlar.stubs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The interface through which debuggers find images of generated code: a list of images in this process, and a function
 * in which a debugger that is attached has a breakpoint. Both must be symbols of a loaded library, so a small one is
 * written to a file and loaded. The file stays until the JVM ends: debuggers read it.
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://sourceware.org/gdb/current/onlinedocs/gdb.html/JIT-Interface.html">gdb's manual</a>
 */
@SuppressWarnings("restricted")
public final class DebuggerInterface {
    private static final int ENTRY_BYTE_SIZE = 32;
    private static final int ENTRY_PREVIOUS = 8;
    private static final int ENTRY_IMAGE = 16;
    private static final int ENTRY_IMAGE_BYTE_SIZE = 24;
    private static final int DESCRIPTOR_ACTION = 4;
    private static final int DESCRIPTOR_RELEVANT = 8;
    private static final int DESCRIPTOR_FIRST = 16;
    private static final int REGISTERED = 1;
    private static final int UNREGISTERED = 2;

    private static @Nullable DebuggerInterface loaded;

    private final MemorySegment descriptor;
    private final MethodHandle changed;

    private DebuggerInterface(SymbolLookup library) {
        descriptor = symbol(library, DebuggerLibrary.DESCRIPTOR).reinterpret(DebuggerLibrary.DESCRIPTOR_BYTE_SIZE);
        changed = Linker.nativeLinker()
                .downcallHandle(symbol(library, DebuggerLibrary.FUNCTION), FunctionDescriptor.ofVoid());
    }

    private static MemorySegment symbol(SymbolLookup library, String name) {
        return library.find(name).orElseThrow(() -> UnsupportedPlatformException.missingSymbol(name));
    }

    /**
     * {@return the interface of this process}
     *
     * @throws IOException if the library cannot be written
     * @throws UnsupportedPlatformException if it cannot be loaded
     */
    public static synchronized DebuggerInterface load() throws IOException {
        DebuggerInterface found = loaded;
        if (found == null) {
            Path file = Files.createTempFile("ashlar-gdb-", ".so");
            file.toFile().deleteOnExit();
            Files.write(file, DebuggerLibrary.image());
            try {
                found = new DebuggerInterface(SymbolLookup.libraryLookup(file, Arena.global()));
            } catch (IllegalArgumentException refused) {
                Files.deleteIfExists(file);
                throw new UnsupportedPlatformException("debuggers cannot learn of generated code: " + file
                        + " could not be loaded. If its file system is mounted noexec, choose another directory with"
                        + " -Djava.io.tmpdir");
            }
            loaded = found;
        }
        return found;
    }

    /** An image that debuggers know. */
    public final class Entry {
        private final MemorySegment memory = Arena.global().allocate(ENTRY_BYTE_SIZE, Long.BYTES);
        private boolean isKnown;

        private Entry(MemorySegment image) {
            memory.set(JAVA_LONG, ENTRY_IMAGE, image.address());
            memory.set(JAVA_LONG, ENTRY_IMAGE_BYTE_SIZE, image.byteSize());
        }

        /** Has debuggers read the image, again if they have read it before. */
        public void announce() {
            synchronized (DebuggerInterface.this) {
                withdraw();
                long first = descriptor.get(JAVA_LONG, DESCRIPTOR_FIRST);
                memory.set(JAVA_LONG, 0, first);
                memory.set(JAVA_LONG, ENTRY_PREVIOUS, 0);
                if (first != 0) {
                    at(first).set(JAVA_LONG, ENTRY_PREVIOUS, memory.address());
                }
                descriptor.set(JAVA_LONG, DESCRIPTOR_FIRST, memory.address());
                isKnown = true;
                tell(REGISTERED, memory);
            }
        }

        /** Has debuggers forget the image; the caller may then free its memory. */
        public void withdraw() {
            synchronized (DebuggerInterface.this) {
                if (!isKnown) {
                    return;
                }
                long next = memory.get(JAVA_LONG, 0);
                long previous = memory.get(JAVA_LONG, ENTRY_PREVIOUS);
                if (next != 0) {
                    at(next).set(JAVA_LONG, ENTRY_PREVIOUS, previous);
                }
                if (previous != 0) {
                    at(previous).set(JAVA_LONG, 0, next);
                } else {
                    descriptor.set(JAVA_LONG, DESCRIPTOR_FIRST, next);
                }
                isKnown = false;
                tell(UNREGISTERED, memory);
            }
        }
    }

    private static MemorySegment at(long address) {
        return MemorySegment.ofAddress(address).reinterpret(ENTRY_BYTE_SIZE);
    }

    private void tell(int action, MemorySegment entry) {
        descriptor.set(JAVA_LONG, DESCRIPTOR_RELEVANT, entry.address());
        descriptor.set(JAVA_INT, DESCRIPTOR_ACTION, action);
        try {
            changed.invokeExact();
        } catch (Throwable unexpected) {
            throw new AssertionError("a function that returns at once threw", unexpected);
        }
        descriptor.set(JAVA_INT, DESCRIPTOR_ACTION, 0);
    }

    /** {@return an entry for an ELF image in native memory, which no debugger knows yet} */
    public Entry entry(MemorySegment image) {
        return new Entry(image);
    }
}
