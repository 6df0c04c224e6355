package dev.ashlar.bench.probe;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ashlar.bench.linking.ModuleLinker;
import dev.ashlar.bench.linking.SampleModules;
import dev.ashlar.llvm.EngineKind;
import dev.ashlar.llvm.LlvmLibrary;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.figures.Units;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compiles modules or links objects one by one, with a look-up and a call of each; or adds all modules first. Measures
 * the processor time of this thread for each, and what they leave behind: pages, mappings, calls of mprotect, and
 * regions of code that are not huge after healing. A first module does not count.
 *
 * <p>Of a heap, pages are those that hold live bytes. Of LLVM, they are the private mappings without a name that are
 * code or constants.
 *
 * <p>Arguments: {@code engine}, {@code memory}, {@code form} (modules, together or objects), {@code count}.
 */
public final class Linking {
    private static final int WARM_UP_COUNT = 300;
    private static final double KIB = 1024;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final MethodHandle CALL = downcall();

    private final LlvmLibrary library;
    private final EngineKind engine;
    private final String memory;
    private final String form;

    private Linking(LlvmLibrary library, EngineKind engine, String memory, String form) {
        this.library = library;
        this.engine = engine;
        this.memory = memory;
        this.form = form;
    }

    /** Measures and answers. */
    public static void main(String[] arguments) throws Throwable {
        Arguments given = Arguments.of(arguments);
        LlvmLibrary library = LlvmLibrary.find();
        Linking linking = new Linking(library, EngineKind.valueOf(given.word("engine").toUpperCase(Locale.ROOT)),
                given.word("memory"), given.word("form"));
        linking.measure(WARM_UP_COUNT, given.number("count") + 1);
        Answer.write(linking.measure(given.number("count"), 0));
    }

    /** Measures modules from an index on, other ones for each measurement. */
    private Answer measure(int count, int first) throws Throwable {
        List<String> texts = new ArrayList<>();
        List<byte[]> objects = new ArrayList<>();
        for (int index = first; index < first + count; index++) {
            texts.add(SampleModules.text(index));
            if (form.equals("objects")) {
                objects.add(library.parse(texts.getLast(), "object" + index)
                        .compileToObject(ModuleLinker.OPTIMIZATION));
            }
        }
        try (ModuleLinker linker = ModuleLinker.open(library, engine, memory)) {
            linker.addModule(SampleModules.text(first + count), "first");
            call(linker, first + count);
            Traces before = Traces.of(linker);
            long start = THREADS.getCurrentThreadCpuTime();
            for (int index = 0; index < count; index++) {
                if (form.equals("objects")) {
                    linker.addObject(objects.get(index), "object" + index);
                } else {
                    linker.addModule(texts.get(index), "module" + index);
                }
                if (!form.equals("together")) {
                    call(linker, first + index);
                }
            }
            for (int index = 0; form.equals("together") && index < count; index++) {
                call(linker, first + index);
            }
            long nanos = THREADS.getCurrentThreadCpuTime() - start;
            return answer(linker, (double) nanos / count, before);
        }
    }

    private Answer answer(ModuleLinker linker, double nanos, Traces before) {
        Traces after = Traces.of(linker);
        Map<String, Double> figures = new HashMap<>();
        figures.put("cpu", nanos);
        figures.put("mappings", (double) after.mappingCount - before.mappingCount);
        figures.put("pages", (after.pageByteSize - before.pageByteSize) / KIB);
        Map<String, String> notes = new HashMap<>(Map.of("llvm", "LLVM " + library.version()));
        linker.stats().ifPresent(stats -> {
            figures.put("mprotect", (double) after.mprotectCallCount - before.mprotectCallCount);
            notes.put("committed", Units.bytes(stats.committedByteSize()) + " committed");
        });
        linker.splitRegionCount().ifPresent(splitCount -> figures.put("split", (double) splitCount));
        return new Answer(figures, notes);
    }

    /** What linking leaves behind. */
    private record Traces(int mappingCount, long pageByteSize, long mprotectCallCount) {

        static Traces of(ModuleLinker linker) {
            ProcessMaps maps = ProcessMaps.read();
            return linker.stats()
                    .map(stats -> new Traces(maps.count(), stats.liveByteSize(), stats.mprotectCallCount()))
                    .orElseGet(() -> new Traces(maps.count(), codeByteSize(maps), 0));
        }

        private static long codeByteSize(ProcessMaps maps) {
            return maps.mappings().stream()
                    .filter(mapping -> mapping.path().isEmpty() && mapping.readable() && !mapping.writable())
                    .mapToLong(Mapping::byteSize)
                    .sum();
        }
    }

    private static void call(ModuleLinker linker, int index) throws Throwable {
        MemorySegment function = MemorySegment.ofAddress(linker.address(SampleModules.function(index)));
        int result = (int) CALL.invokeExact(function, index);
        if (result != SampleModules.result(index, index)) {
            throw new IllegalStateException(SampleModules.function(index) + " returned " + result);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle downcall() {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }
}
