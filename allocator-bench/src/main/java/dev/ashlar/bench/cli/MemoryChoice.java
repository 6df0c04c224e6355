package dev.ashlar.bench.cli;

import dev.ashlar.memory.Memory;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words of {@code --memory}. */
final class MemoryChoice implements ITypeConverter<Memory>, Iterable<String> {

    @Override
    public Memory convert(String word) {
        return Arrays.stream(Memory.values())
                .filter(memory -> word(memory).equals(word))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "expected one of " + String.join(", ", words()) + " but was '" + word + "'"));
    }

    @Override
    public Iterator<String> iterator() {
        return words().iterator();
    }

    static String word(Memory memory) {
        return memory.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> words() {
        return Arrays.stream(Memory.values()).map(MemoryChoice::word).toList();
    }
}
