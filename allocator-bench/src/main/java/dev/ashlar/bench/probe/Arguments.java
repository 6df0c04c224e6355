package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.tool.memory.BlockMemory;
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

    int number(String name) {
        return Integer.parseInt(word(name));
    }

    /** Opens the memory that the arguments {@code kind} and {@code memory} name, with a slot for each live block. */
    BlockMemory openMemory() {
        Rival.Kind kind = Rival.Kind.valueOf(word("kind").toUpperCase(Locale.ROOT));
        return Rival.of(kind, word("memory")).open(values.containsKey("live") ? number("live") : 1);
    }
}
