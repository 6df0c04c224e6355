package dev.ashlar;

import java.util.regex.Pattern;

/** What a heap may be called. */
final class HeapName {
    /** memfd_create(2) allows 249 bytes; the backing's label follows. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,200}");

    private HeapName() {}

    /** {@return the name, where a heap may have it} */
    static String require(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name must match " + NAME.pattern() + ": \"" + name + "\"");
        }
        return name;
    }
}
