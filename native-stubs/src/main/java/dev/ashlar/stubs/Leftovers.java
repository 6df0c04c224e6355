package dev.ashlar.stubs;

import java.lang.ref.Cleaner;

/** Runs what is left to do for objects that became unreachable, in one daemon thread for all. */
public final class Leftovers {
    private static final Cleaner CLEANER = Cleaner.create();

    private Leftovers() {}

    /**
     * Watches an object.
     *
     * @param watched when it becomes unreachable, {@code action} runs, once
     * @param action must not hold {@code watched}
     * @return what runs the action now, unless it has run, and ends the watch
     */
    public static Cleaner.Cleanable watch(Object watched, Runnable action) {
        return CLEANER.register(watched, action);
    }
}
