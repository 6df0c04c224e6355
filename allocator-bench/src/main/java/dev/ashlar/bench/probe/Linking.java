package dev.ashlar.bench.probe;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ashlar.bench.linking.ModuleLinker;
import dev.ashlar.bench.linking.SampleModules;
import dev.ashlar.llvm.EngineKind;
import dev.ashlar.llvm.LlvmLibrary;
import dev.ashlar.report.HeapStats;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.tool.child.Answer;
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
 * Compiles or links modules one by one, with a look-up and a call of each, or all together, and calls then. Measures the
 * processor time of this thread for each module, and what they leave behind: mappings, pages, calls of mprotect, and
 * regions of code that are not huge after healing.
 *
 * <p>Of a heap, pages are those that hold live bytes. Of LLVM, they are the private mappings without a name that are
 * code or constants.
 *
 * <p>Arguments: {@code engine}, {@code memory}, {@code form} (modules, together or objects), {@code count}.
 */
public final class Linking {
    private static final int WARM_UP_COUNT = Integer.getInteger("wu", 60);
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
        // Another round than the measured one: the same modules might be found in a cache.
        linking.measure(WARM_UP_COUNT, given.number("count"));
        Answer.write(
                new Answer(linking.measure(given.number("count"), 0), Map.of("llvm", "LLVM " + library.version())));
    }

    private Map<String, Double> measure(int count, int first) throws Throwable {
        List<byte[]> objects = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int index = first; index < first + count; index++) {
            texts.add(SampleModules.text(index));
            if (form.equals("objects")) {
                objects.add(library.parse(SampleModules.text(index), "object" + index)
                        .compileToObject(ModuleLinker.OPTIMIZATION));
            }
        }
        List<Mapping> mappings = ProcessMaps.read().mappings();
        try (ModuleLinker linker = ModuleLinker.open(library, engine, memory)) {
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
            if (form.equals("together")) {
                for (int index = 0; index < count; index++) {
                    call(linker, first + index);
                }
            }
            long nanos = THREADS.getCurrentThreadCpuTime() - start;
            return figures(linker, count, nanos, mappings);
        }
    }

    private static void call(ModuleLinker linker, int index) throws Throwable {
        MemorySegment function = MemorySegment.ofAddress(linker.address(SampleModules.function(index)));
        int result = (int) CALL.invokeExact(function, index);
        if (result != SampleModules.result(index, index)) {
            throw new IllegalStateException(SampleModules.function(index) + " returned " + result);
        }
    }

    private static Map<String, Double> figures(ModuleLinker linker, int count, long nanos, List<Mapping> before) {
        List<Mapping> after = ProcessMaps.read().mappings();
        Map<String, Double> figures = new HashMap<>();
        figures.put("cpu", (double) nanos / count);
        figures.put("mappings", (double) after.size() - before.size());
        figures.put("pages", (codeByteSize(after) - codeByteSize(before)) / KIB);
        linker.stats().ifPresent(stats -> put(stats, figures));
        linker.splitRegionCount().ifPresent(splitCount -> figures.put("split", (double) splitCount));
        return figures;
    }

    private static void put(HeapStats stats, Map<String, Double> figures) {
        figures.put("pages", stats.liveByteSize() / KIB);
        figures.put("committed", stats.committedByteSize() / KIB);
        figures.put("mprotect", (double) stats.mprotectCallCount());
    }

    private static long codeByteSize(List<Mapping> mappings) {
        return mappings.stream()
                .filter(mapping -> mapping.path().isEmpty() && mapping.readable() && !mapping.writable())
                .mapToLong(Mapping::byteSize)
                .sum();
    }

    @SuppressWarnings("restricted")
    private static MethodHandle downcall() {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }
}
