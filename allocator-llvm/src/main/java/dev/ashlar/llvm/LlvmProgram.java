package dev.ashlar.llvm;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.report.LlvmException;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A whole program in LLVM's intermediate representation, compiled into a heap of its own. It runs in this process as
 * the native program would run in its own, and ends the process.
 *
 * <p>One thread at a time uses it.
 */
public final class LlvmProgram implements AutoCloseable {
    private static final long CODE_BYTE_SIZE = 256L << 20;
    private static final long CONSTANT_BYTE_SIZE = 256L << 20;
    /** What is left of the reach of a 32-bit displacement, less guards. */
    private static final long DATA_BYTE_SIZE = CodeHeap.LARGEST_CAPACITY - CODE_BYTE_SIZE - CONSTANT_BYTE_SIZE
            - (16L << 20);
    private static final List<String> FORKS = List.of("fork", "vfork", "_Fork");
    /** Functions that a native program can replace for its libraries too, and what C and C++ call them. */
    private static final Map<String, String> ALLOCATORS = Map.of("malloc", "malloc", "free", "free",
            "_Znwm", "operator new", "_Znam", "operator new[]", "_ZdlPv", "operator delete",
            "_ZdlPvm", "operator delete", "_ZdaPv", "operator delete[]", "_ZdaPvm", "operator delete[]");
    private static final String START = "start.ll";

    private final CodeHeap heap;
    private final LlvmEngine engine;
    private final List<String> notices;

    private LlvmProgram(CodeHeap heap, LlvmEngine engine, List<String> notices) {
        this.heap = heap;
        this.engine = engine;
        this.notices = List.copyOf(notices);
    }

    /**
     * Links files into a program and compiles it. Nothing of it has run.
     *
     * @param llvm the library
     * @param kind the engine
     * @param optimization how much work the code generator does, 0 to 3
     * @param files files of LLVM's assembly language or bitcode, at least one
     * @return the program; the caller closes it, or runs it
     * @throws LlvmException if a file is not valid, the files do not fit, a symbol or main is missing, main has
     *     another signature, LLVM cannot compile the program, or it is larger than a heap
     * @throws LlvmUnavailableException if this host lacks what the engine needs
     */
    public static LlvmProgram load(LlvmLibrary llvm, EngineKind kind, int optimization, List<Path> files) {
        try (LlvmModule program = link(llvm, files)) {
            MainFunction.require(program);
            List<String> notices = notices(program);
            int level = optimization;
            if (kind == EngineKind.ORC && level != LlvmEngine.DEFAULT_OPTIMIZATION && program.hasThreadLocals()) {
                level = LlvmEngine.DEFAULT_OPTIMIZATION;
                notices.add("optimization is " + level + ": with thread-local variables, engine " + kind
                        + " has no other");
            }
            CodeHeap heap = CodeHeap.builder()
                    .writePath(kind.writePath())
                    .capacity(CODE_BYTE_SIZE)
                    .constantCapacity(CONSTANT_BYTE_SIZE)
                    .dataCapacity(DATA_BYTE_SIZE)
                    .name("program")
                    .build();
            try {
                return compile(llvm, kind, level, program, heap, notices);
            } catch (RuntimeException | Error e) {
                heap.close();
                throw e;
            }
        }
    }

    private static LlvmProgram compile(LlvmLibrary llvm, EngineKind kind, int optimization, LlvmModule program,
            CodeHeap heap, List<String> notices) {
        LlvmEngine engine = llvm.openEngine(kind, heap, optimization);
        try {
            engine.add(program);
            engine.publish();
            // The program is complete: what IN_PLACE has split for it becomes huge before it runs.
            heap.heal();
            return new LlvmProgram(heap, engine, notices);
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    /** {@return all files as one module, together with what surrounds main} */
    private static LlvmModule link(LlvmLibrary llvm, List<Path> files) {
        LlvmModule program = llvm.parse(files.getFirst());
        try {
            for (Path file : files.subList(1, files.size())) {
                program.link(llvm.parse(file));
            }
            program.link(llvm.parse(surroundings(), START));
            return program;
        } catch (RuntimeException | Error e) {
            program.close();
            throw e;
        }
    }

    private static String surroundings() {
        try (InputStream resource = LlvmProgram.class.getResourceAsStream(START)) {
            return new String(Objects.requireNonNull(resource, START).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(START, e);
        }
    }

    private static List<String> notices(LlvmModule program) {
        List<String> notices = new ArrayList<>();
        List<String> forks = FORKS.stream().filter(program::needs).toList();
        if (!forks.isEmpty()) {
            notices.add("the program calls " + String.join(" and ", forks) + ": a child does not inherit the memory of"
                    + " the program's code, so it crashes if it runs on; posix_spawn, popen and system work");
        }
        List<String> own = ALLOCATORS.entrySet().stream()
                .filter(entry -> program.defines(entry.getKey()))
                .map(Map.Entry::getValue)
                .distinct()
                .sorted()
                .toList();
        if (!own.isEmpty()) {
            notices.add(
                    "the program defines " + String.join(", ", own) + ": libraries go on to use those of the process,"
                            + " so it fails if memory of one reaches the other");
        }
        return notices;
    }

    /** {@return what the user should know before the program runs, one sentence each} */
    public List<String> notices() {
        return notices;
    }

    /** {@return the engine that has compiled the program} */
    public LlvmEngine engine() {
        return engine;
    }

    /**
     * Runs the program and ends this process as the program ends: by exit, by a signal, or when its last thread has
     * ended. So this method never returns.
     *
     * @param arguments the arguments of main, the program's name first, in the bytes that the program sees
     * @param before what the JVM has changed in this process, and the program finds as it was
     */
    public void run(List<byte[]> arguments, ProcessBefore before) {
        new ProgramStart(engine).run(arguments, Objects.requireNonNull(before, "before"));
    }

    /** Frees the program, which has not run. */
    @Override
    public void close() {
        engine.close();
        heap.close();
    }
}
