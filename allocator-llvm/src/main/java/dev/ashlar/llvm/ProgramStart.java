package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.capi.CText;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.VarHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the process what a native program finds: its locale, signals and names, a main thread with a large stack. Then
 * runs main in that thread. It is no thread of the JVM, so exit, pthread_exit, exceptions and signals meet no frame of
 * Java. Nothing is freed: the process ends.
 */
final class ProgramStart {
    private static final long LEAST_STACK_BYTE_SIZE = 64L << 20;
    private static final long LARGEST_STACK_BYTE_SIZE = 1L << 30;
    /** Larger than pthread_attr_t, and than struct sigaction. */
    private static final long ATTRIBUTES_BYTE_SIZE = 256;
    private static final int RLIMIT_STACK = 3;
    private static final int LC_ALL = 6;
    /** SIGUSR2, SIGPIPE, SIGXFSZ: the JVM handles them, or lets the process ignore them. */
    private static final List<Integer> TAKEN = List.of(12, 13, 25);
    private static final long IGNORE = 1;
    /** SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV. */
    private static final List<Integer> FAULTS = List.of(4, 5, 7, 8, 11);
    /** Threads have the name of the thread that started them. The kernel keeps 15 characters. */
    private static final String THREAD_NAME = "ashlar-program";

    private static final long THREAD_NAME_BYTE_SIZE = 16;
    private static final int POLL_MICROS = 10_000;
    private static final int POLLS_MAX = 100;
    private static final Path THREADS = Path.of("/proc/self/task");
    /** A real-time signal that neither the JVM nor the C library uses. */
    private static final int SPARE_SIGNAL = 62;
    /** In struct sigaction. */
    private static final long ACTION_FLAGS_OFFSET = 136;

    private static final int SA_SIGINFO = 4;
    private static final int SA_ONSTACK = 0x0800_0000;
    private static final int SA_RESTART = 0x1000_0000;
    private static final VarHandle LONG = JAVA_LONG.varHandle();

    private final LlvmEngine engine;
    private final CFunctions system;
    private final Arena arena = Arena.global();

    ProgramStart(LlvmEngine engine) {
        this.engine = engine;
        this.system = new CFunctions("this process", engine.loaded()::symbol);
    }

    /** Never returns. */
    void run(List<byte[]> arguments, ProcessBefore before) {
        MemorySegment argv = arena.allocate(ADDRESS, arguments.size() + 1L);
        for (int index = 0; index < arguments.size(); index++) {
            argv.setAtIndex(ADDRESS, index, text(arguments.get(index)));
        }
        setNames(argv.get(ADDRESS, 0));
        system.pointer("setlocale", LC_ALL, "C");
        for (int signal : TAKEN) {
            boolean isIgnored = (before.ignoredSignals() >>> (signal - 1) & 1) != 0;
            system.pointer("signal", signal, MemorySegment.ofAddress(isIgnored ? IGNORE : 0));
        }
        before.closedStreams().forEach(stream -> system.integer("close", stream));
        leaveFaultsToTheProgram();
        leaveSignalsToTheProgram();
        startAndWait(call(arguments.size(), argv));
        system.run("exit", 0);
    }

    private MemorySegment text(byte[] bytes) {
        MemorySegment text = arena.allocate(bytes.length + 1L);
        text.asSlice(0, bytes.length).copyFrom(MemorySegment.ofArray(bytes));
        return text;
    }

    /** {@return what the function ashlar.start is called with; see start.ll} */
    private MemorySegment call(int argumentCount, MemorySegment argv) {
        List<Long> constructors = engine.constructors();
        List<Long> destructors = engine.destructors();
        long environment = pointerTo("environ").get(JAVA_LONG, 0);
        long[] slots = {engine.address("main"), argumentCount, argv.address(), environment, constructors.size(),
            list(constructors).address(), destructors.size(), list(destructors).address()};
        return arena.allocateFrom(JAVA_LONG, slots);
    }

    private MemorySegment list(List<Long> addresses) {
        return arena.allocateFrom(JAVA_LONG, addresses.stream().mapToLong(Long::longValue).toArray());
    }

    private MemorySegment pointerTo(String variable) {
        return CText.sized(system.require(variable), ADDRESS.byteSize());
    }

    /** The names that assert, error(3) and err(3) print. */
    private void setNames(MemorySegment path) {
        String name = CText.at(path);
        long start = path.address() + name.lastIndexOf('/') + 1;
        pointerTo("program_invocation_name").set(ADDRESS, 0, path);
        pointerTo("program_invocation_short_name").set(JAVA_LONG, 0, start);
    }

    /** From here on, a fault in a thread that is not the JVM's ends the process by its signal. */
    private void leaveFaultsToTheProgram() {
        MemorySegment handlers = CText.sized(
                MemorySegment.ofAddress(engine.address("ashlar.handlers")), 32 * ADDRESS.byteSize());
        MemorySegment vm = CText.sized(MemorySegment.ofAddress(engine.address("ashlar.vm")), ADDRESS.byteSize());
        jvm().run("JNI_GetCreatedJavaVMs", vm, 1, arena.allocate(JAVA_INT));
        for (int signal : FAULTS) {
            MemorySegment action = arena.allocate(ATTRIBUTES_BYTE_SIZE);
            system.integer("sigaction", signal, MemorySegment.NULL, action);
            handlers.setAtIndex(ADDRESS, signal, action.get(ADDRESS, 0));
            action.set(JAVA_LONG, 0, engine.address("ashlar.fault"));
            if (handlers.getAtIndex(JAVA_LONG, signal) > 1) {
                system.integer("sigaction", signal, action, MemorySegment.NULL);
            }
        }
    }

    /**
     * From here on, a signal of the process reaches a thread of the program, and interrupts what that waits for. The
     * kernel takes any thread that does not block it, so each thread of the JVM runs a handler that does.
     */
    private void leaveSignalsToTheProgram() {
        MemorySegment blocked = CText.sized(MemorySegment.ofAddress(engine.address("ashlar.blocked")), Long.BYTES);
        MemorySegment action = arena.allocate(ATTRIBUTES_BYTE_SIZE);
        action.set(JAVA_LONG, 0, engine.address("ashlar.block"));
        action.set(JAVA_INT, ACTION_FLAGS_OFFSET, SA_SIGINFO | SA_ONSTACK | SA_RESTART);
        system.integer("sigaction", SPARE_SIGNAL, action, MemorySegment.NULL);
        int process = system.integer("getpid");
        long asked = threads().stream()
                .filter(thread -> system.integer("tgkill", process, thread, SPARE_SIGNAL) == 0)
                .count();
        for (int poll = 0; poll < POLLS_MAX && (long) LONG.getVolatile(blocked, 0L) < asked; poll++) {
            system.integer("usleep", POLL_MICROS);
        }
        system.pointer("signal", SPARE_SIGNAL, MemorySegment.NULL);
    }

    /** {@return the numbers of the threads of this process} */
    private static List<Integer> threads() {
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            threads.forEach(thread -> numbers.add(Integer.parseInt(String.valueOf(thread.getFileName()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return numbers;
    }

    @SuppressWarnings("restricted")
    private CFunctions jvm() {
        Path file = Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so");
        return new CFunctions(file.toString(), SymbolLookup.libraryLookup(file, arena));
    }

    /** Returns when the main thread and all other threads of the program have ended by pthread_exit. */
    private void startAndWait(MemorySegment call) {
        MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTE_SIZE);
        system.integer("pthread_attr_init", attributes);
        system.integer("pthread_attr_setstacksize", attributes, stackByteSize());
        MemorySegment thread = arena.allocate(JAVA_LONG);
        MemorySegment start = MemorySegment.ofAddress(engine.address("ashlar.start"));
        long self = system.number("pthread_self");
        MemorySegment ownName = arena.allocate(THREAD_NAME_BYTE_SIZE);
        system.integer("pthread_getname_np", self, ownName, THREAD_NAME_BYTE_SIZE);
        system.integer("pthread_setname_np", self, THREAD_NAME);
        int error = system.integer("pthread_create", thread, attributes, start, call);
        system.integer("pthread_setname_np", self, ownName);
        if (error != 0) {
            throw new LlvmUnavailableException("pthread_create failed with error " + error + ": no thread with a stack"
                    + " of " + stackByteSize() + " bytes");
        }
        system.integer("pthread_join", thread.get(JAVA_LONG, 0), MemorySegment.NULL);
        while (isAnyThreadLeft()) {
            system.integer("usleep", POLL_MICROS);
        }
    }

    private long stackByteSize() {
        MemorySegment limits = arena.allocate(JAVA_LONG, 2);
        system.integer("getrlimit", RLIMIT_STACK, limits);
        long soft = limits.get(JAVA_LONG, 0);
        // Without a limit, it is the largest unsigned number.
        return soft < 0 ? LARGEST_STACK_BYTE_SIZE : Math.clamp(soft, LEAST_STACK_BYTE_SIZE, LARGEST_STACK_BYTE_SIZE);
    }

    private static boolean isAnyThreadLeft() {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                if (nameOf(thread).equals(THREAD_NAME)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nameOf(Path thread) throws IOException {
        try {
            return Files.readString(thread.resolve("comm")).strip();
        } catch (NoSuchFileException ended) {
            return "";
        }
    }
}
