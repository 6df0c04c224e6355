package dev.ashlar.tool.cli;

import dev.ashlar.memory.WritePath;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A word of {@code --write-path}.
 *
 * @param writePath the path demanded; null leaves it to the heap
 */
record WritePathChoice(@Nullable WritePath writePath) {

    static final WritePathChoice AUTO = new WritePathChoice(null);

    private static final String AUTO_WORD = "auto";

    /** Reads the word. */
    static final class Converter implements ITypeConverter<WritePathChoice>, Iterable<String> {

        @Override
        public WritePathChoice convert(String word) {
            if (word.equals(AUTO_WORD)) {
                return AUTO;
            }
            for (WritePath path : WritePath.values()) {
                if (path.label().equals(word)) {
                    return new WritePathChoice(path);
                }
            }
            throw new TypeConversionException(
                    "expected one of " + String.join(", ", words()) + " but was '" + word + "'");
        }

        @Override
        public Iterator<String> iterator() {
            return words().iterator();
        }

        private static List<String> words() {
            List<String> words = new ArrayList<>(List.of(AUTO_WORD));
            for (WritePath path : WritePath.values()) {
                words.add(path.label());
            }
            return words;
        }
    }
}
