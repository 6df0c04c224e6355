package dev.ashlar.tool.replay;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;

/** A verifying replay found an object whose bytes are not the ones written into it. */
public final class CorruptionException extends CommandException {

    private static final long serialVersionUID = 1L;

    private CorruptionException(String message) {
        super(ExitCode.FAILED, message);
    }

    static CorruptionException of(String file, int object, long address, int byteSize, long offset, long identity) {
        return new CorruptionException("%s: object %d (its allocation number) of %d bytes at 0x%x is corrupt:"
                .formatted(file, object, byteSize, address)
                + " offset=%d, expected=0x%02x, found=0x%02x".formatted(
                        offset, Pattern.expected(identity, offset) & 0xff, Pattern.found(address, offset) & 0xff));
    }
}
