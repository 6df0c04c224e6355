package dev.ashlar.memory;

import java.io.Serializable;
import java.util.Set;

/**
 * Something the host was asked for and did not give.
 *
 * @param subject what was being tried, in the words of the report: a backing's label, or a step such as "reserve"
 * @param call the failing call as it was made, such as {@code fallocate(fd=7, 0, 0x200000, 2097152)}
 * @param error the kernel's answer by name and number, such as {@code ENOSPC (28)}
 * @param remedy what the person who runs the host can do about it; one sentence
 */
public record Refusal(String subject, String call, String error, String remedy) implements Serializable {
    /** The error of a commit that was not made because a control group has no memory left for it. */
    public static final String OVER_LIMIT = "over the limit of a control group";

    private static final Set<String> SHORTAGES =
            Set.of("EAGAIN", "EBUSY", "EFBIG", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC");

    /** {@return the refusal as one line of text} */
    public String describe() {
        return subject + ": " + call + " failed: " + error + ". " + remedy;
    }

    /**
     * {@return whether something was short (memory, descriptors, mappings, a limit), so that the same call may succeed
     * later; if not, the host forbids it or cannot do it}
     */
    public boolean isShortage() {
        return error.equals(OVER_LIMIT) || SHORTAGES.contains(error.split(" ", 2)[0]);
    }
}
