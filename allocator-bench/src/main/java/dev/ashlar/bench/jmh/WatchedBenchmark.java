package dev.ashlar.bench.jmh;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.Visibility;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What does it cost that a recording or JMX sees the heap? */
@State(Scope.Benchmark)
public class WatchedBenchmark extends SteadyState {

    private static final String BEAN = "ashlar-bean";
    private static final String RECORDED = "ashlar-recorded";
    private static final String EACH_RECORDED = "ashlar-each-recorded";
    private static final String NAMED = "ashlar-named";
    private static final String DUMPED = "ashlar-dumped";
    private static final String DEBUGGED = "ashlar-debugged";
    private static final String UNWOUND = "ashlar-unwound";
    private static final int BYTE_SIZE = 256;

    /**
     * What sees the heap: nothing; an MBean server; a recording with the events that are on by default, or with an
     * event for each function too; nothing, but each function has a name; perf by a dump; gdb; or the C++ runtime, with
     * a frame of its own for each function.
     */
    @Param({"ashlar-unwatched", BEAN, RECORDED, EACH_RECORDED, NAMED, DUMPED, DEBUGGED, UNWOUND})
    String memory = "ashlar-unwatched";

    private final MemorySegment code = MemorySegment.ofArray(new byte[BYTE_SIZE]);
    private @Nullable CodeHeap heap;
    private @Nullable Recording recording;
    private @Nullable Path dump;
    private @Nullable String name;
    private Frame frame = Frame.STANDARD;

    /** Begins to watch. */
    @Setup
    public void watch() throws IOException {
        Visibility visibility = switch (memory) {
            case DUMPED -> {
                dump = Files.createTempDirectory("ashlar-bench");
                yield Visibility.NONE.jitDump(dump);
            }
            case DEBUGGED -> Visibility.NONE.debugger();
            case UNWOUND -> Visibility.NONE.unwinding();
            default -> Visibility.NONE;
        };
        CodeHeap built = CodeHeap.builder().name("bench").visibility(visibility).build();
        heap = built;
        if (visibility.isAny() || memory.equals(NAMED)) {
            name = "function";
        }
        if (memory.equals(UNWOUND)) {
            frame = Frame.ENTRY.stackPointer(4, 16).stackPointer(200, 8);
        }
        if (memory.equals(BEAN)) {
            var _ = built.registerMXBean();
        }
        if (memory.equals(RECORDED) || memory.equals(EACH_RECORDED)) {
            recording = new Recording();
            // In memory: the disk is not what is measured.
            recording.setToDisk(false);
            if (memory.equals(EACH_RECORDED)) {
                recording.enable("dev.ashlar.CodePublished");
            }
            recording.start();
        }
    }

    /** The heap's state changes, so no call can be eliminated. */
    @Benchmark
    public void defineAndFree() {
        CodeHeap built = Objects.requireNonNull(heap);
        CodeBlock block = name == null ? built.define(code) : built.define(code, name, frame);
        block.free();
    }

    /** Stops to watch. */
    @TearDown
    public void close() throws IOException {
        if (recording != null) {
            recording.close();
        }
        Objects.requireNonNull(heap).close();
        if (dump != null) {
            Files.delete(dump.resolve("jit-" + ProcessHandle.current().pid() + ".dump"));
            Files.delete(dump);
        }
    }
}
