package dev.ashlar.tool.memory;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;

/** The kernel refused a rival what it asked for; at {@code vm.max_map_count} live functions, for example. */
public final class MemoryRefusedException extends CommandException {

    private static final long serialVersionUID = 1L;

    /** Says which call failed and with which error. */
    public MemoryRefusedException(String call, String error) {
        super(ExitCode.HOST, call + " failed: " + error);
    }
}
