package dev.ashlar.memory;

import java.io.Serializable;

/**
 * Something the host was asked for and did not give.
 *
 * @param subject what was being tried, in the words of the report: a backing's label, or a step such as "reserve"
 * @param call the failing call as it was made, such as {@code fallocate(fd=7, 0, 0x200000, 2097152)}
 * @param error the kernel's answer by name and number, such as {@code ENOSPC (28)}
 * @param remedy what the person who runs the host can do about it; one sentence
 */
public record Refusal(String subject, String call, String error, String remedy) implements Serializable {

    /** {@return the refusal as one line of text} */
    public String describe() {
        return subject + ": " + call + " failed: " + error + ". " + remedy;
    }
}
