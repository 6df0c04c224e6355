package dev.ashlar.tool.cli;

import dev.ashlar.memory.MemoryDemand;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words of {@code --memory} for code, whose transparent huge pages are shared memory always. */
final class MemoryChoice implements ITypeConverter<MemoryDemand>, Iterable<String> {

    @Override
    public MemoryDemand convert(String word) {
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

    private static Stream<MemoryDemand> choices() {
        return Arrays.stream(MemoryDemand.values()).filter(memory -> memory != MemoryDemand.SHMEM_THP);
    }

    static String word(MemoryDemand memory) {
        return memory.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> words() {
        return choices().map(MemoryChoice::word).toList();
    }
}
