package dev.ashlar.tool.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Help.Ansi;

/**
 * Whether one of the process's streams is a terminal that a person reads.
 *
 * @param interactive whether it is a terminal and not a file or a pipe
 */
public record Terminal(boolean interactive) {

    /** {@return where results go} */
    public static Terminal output() {
        return new Terminal(isTerminal(1));
    }

    /** {@return where progress and errors go} */
    public static Terminal error() {
        return new Terminal(isTerminal(2));
    }

    /** {@return colors if the stream is a terminal and the user has not switched them off (no-color.org)} */
    public Ansi ansi() {
        boolean wanted = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        return interactive && wanted ? Ansi.ON : Ansi.OFF;
    }

    /** The JDK's console describes input and output together; the link of a descriptor shows one stream alone. */
    private static boolean isTerminal(int descriptor) {
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)));
            return target.startsWith("/dev/pts") || target.toString().startsWith("/dev/tty")
                    || target.equals(Path.of("/dev/console"));
        } catch (IOException | RuntimeException unknown) {
            return false;
        }
    }
}
