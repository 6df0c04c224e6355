package dev.ashlar.tool.memory;

import dev.ashlar.stubs.Errno;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;

/** The kernel or a library refused memory to a rival, for example because of {@code vm.max_map_count}. */
public final class MemoryRefusedException extends CommandException {

    private static final long serialVersionUID = 1L;

    /** Says which call failed and with which error. */
    public MemoryRefusedException(String call, String error) {
        super(ExitCode.HOST, call + " failed: " + error);
    }

    /** {@return the result of a system call, unless it is an error} */
    public static long require(String call, long result) {
        if (Errno.isFailure(result)) {
            throw new MemoryRefusedException(call, Errno.describe(result));
        }
        return result;
    }
}
