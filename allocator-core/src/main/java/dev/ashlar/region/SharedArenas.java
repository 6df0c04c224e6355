package dev.ashlar.region;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Opens and closes shared arenas of the JDK. A close is two steps in the JDK, and an Error between them would leave an
 * arena that can neither be used nor closed. So the JDK's code is linked with the first arena, and a close makes sure
 * that the stack has room before it begins.
 */
public final class SharedArenas {
    static {
        link();
    }

    private SharedArenas() {}

    @SuppressWarnings("restricted")
    private static void link() {
        Arena first = Arena.ofShared();
        MemorySegment.NULL.reinterpret(first, _ -> {});
        first.close();
    }

    /** {@return a new shared arena} */
    public static Arena open() {
        return Arena.ofShared();
    }

    /**
     * Closes an arena, unless it is closed.
     *
     * @throws IllegalStateException if a downcall uses a segment of it
     * @throws StackOverflowError if the stack has too little room; then nothing has changed
     */
    public static void close(Arena arena) {
        if (arena.scope().isAlive()) {
            StackRoom.require();
            arena.close();
        }
    }
}
