package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.replay.Trace;
import dev.ashlar.tool.replay.TraceReader;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The {@code name=value} arguments of a probe, by name. */
record Arguments(Map<String, String> values) {

    static Arguments of(String... arguments) {
        Map<String, String> values = new TreeMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("expected name=value but was '" + argument + "'");
            }
            values.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return new Arguments(values);
    }

    String word(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("missing argument " + name + "=VALUE");
        }
        return value;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    int number(String name) {
        return Integer.parseInt(word(name));
    }

    /** {@return the trace in the file that the argument {@code trace} names} */
    Trace trace() {
        return TraceReader.read(Path.of(word("trace")));
    }

    /** Opens the memory that the arguments {@code kind} and {@code memory} name, with a slot for each live block. */
    BlockMemory openMemory() {
        Rival.Kind kind = Rival.Kind.valueOf(word("kind").toUpperCase(Locale.ROOT));
        return Rival.of(kind, word("memory")).open(has("live") ? number("live") : 1);
    }
}
