package dev.ashlar.tool.cli;

import dev.ashlar.llvm.EngineKind;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words of an option, in the order of its help. */
abstract class Choice<T> implements ITypeConverter<T>, Iterable<String> {

    private final Map<String, Optional<T>> values = new LinkedHashMap<>();

    final void add(String word, @Nullable T value) {
        values.put(word, Optional.ofNullable(value));
    }

    @Override
    public final @Nullable T convert(String word) {
        Optional<T> value = values.get(word);
        if (value == null) {
            throw new TypeConversionException(
                    "expected one of " + String.join(", ", values.keySet()) + " but was '" + word + "'");
        }
        return value.orElse(null);
    }

    @Override
    public final Iterator<String> iterator() {
        return values.keySet().iterator();
    }

    /** The words of {@code --memory} for code, whose transparent huge pages are always shared memory. */
    static final class Memory extends Choice<MemoryDemand> {
        Memory() {
            add("auto", MemoryDemand.AUTO);
            add("hugetlb", MemoryDemand.HUGETLB);
            add("thp", MemoryDemand.THP);
            add("small", MemoryDemand.SMALL);
        }
    }

    /** The words of {@code --write-path}; {@code auto} is null and leaves the path to the heap. */
    static final class Path extends Choice<WritePath> {
        Path() {
            add("auto", null);
            for (WritePath path : WritePath.values()) {
                add(path.label(), path);
            }
        }
    }

    /** The words of {@code --engine}. */
    static final class Engine extends Choice<EngineKind> {
        Engine() {
            for (EngineKind kind : EngineKind.values()) {
                add(kind.label(), kind);
            }
        }
    }
}
