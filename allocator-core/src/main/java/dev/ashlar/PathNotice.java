package dev.ashlar;

import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Warns once for each write path that heaps use although a better one is forbidden. Thread-safe. */
final class PathNotice {
    private static final System.Logger LOGGER = System.getLogger("dev.ashlar");
    private static final Set<WritePath> LOGGED = ConcurrentHashMap.newKeySet();

    private PathNotice() {}

    /**
     * Logs that a heap uses a path, unless some heap of this JVM has logged that before.
     *
     * @param best the path that it would have used
     * @param used the path that it uses
     * @param reason why the host refused the best path
     */
    static void log(String heapName, WritePath best, WritePath used, Refusal reason) {
        if (!LOGGED.contains(used)) {
            LOGGER.log(System.Logger.Level.WARNING, text(heapName, best, used, reason));
            // Afterwards: if an Error of the JVM ends the call, the next heap logs.
            LOGGED.add(used);
        }
    }

    private static String text(String heapName, WritePath best, WritePath used, Refusal reason) {
        return "heap " + heapName + " uses write path " + used + ", because the host forbids " + best + ": "
                + reason.describe() + " " + costOf(used) + " Later heaps do not log this.";
    }

    private static String costOf(WritePath path) {
        return switch (path) {
            case ALIAS -> "";
            case POKE -> "The cost: each publish and each free of code is a system call, one thread at a time; patch"
                    + " does not work; and any code that can write /proc/self/mem can write the code.";
            case IN_PLACE -> "The cost: each publish is an mprotect call, which stops all threads that map memory and"
                    + " splits the huge page until it is healed; freed code stays, and its memory is used again only"
                    + " after its whole region of 2 MiB is free; patch does not work.";
        };
    }
}
