package dev.ashlar.bench.probe;

import java.util.Map;
import java.util.TreeMap;

/**
 * A probe's {@code name=value} arguments.
 *
 * @param values by name
 */
record Arguments(Map<String, String> values) {

    /**
     * {@return the arguments of a command line}
     *
     * @throws IllegalArgumentException if one has no equals sign
     */
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

    /**
     * {@return a value}
     *
     * @throws IllegalArgumentException if there is none
     */
    String word(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("missing argument " + name + "=VALUE");
        }
        return value;
    }

    /** {@return a value as a number} */
    int number(String name) {
        return Integer.parseInt(word(name));
    }
}
