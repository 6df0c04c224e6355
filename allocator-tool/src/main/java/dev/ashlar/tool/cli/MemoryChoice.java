package dev.ashlar.tool.cli;

import dev.ashlar.memory.Memory;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words of {@code --memory} for code, whose transparent huge pages are shared memory always. */
final class MemoryChoice implements ITypeConverter<Memory>, Iterable<String> {

    @Override
    public Memory convert(String word) {
        return choices()
                .filter(memory -> word(memory).equals(word))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "expected one of " + String.join(", ", words()) + " but was '" + word + "'"));
    }

    @Override
    public Iterator<String> iterator() {
        return words().iterator();
    }

    private static Stream<Memory> choices() {
        return Arrays.stream(Memory.values()).filter(memory -> memory != Memory.SHMEM_THP);
    }

    static String word(Memory memory) {
        return memory.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> words() {
        return choices().map(MemoryChoice::word).toList();
    }
}
