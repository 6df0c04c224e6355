package dev.ashlar.tool.program;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of the process in the bytes in which it got them. The JVM decodes them by the locale, and loses those
 * that it has no character for.
 */
public final class CommandLineBytes {
    private static final Path FILE = Path.of("/proc/self/cmdline");

    private CommandLineBytes() {}

    /**
     * {@return the last arguments of the process}
     *
     * @param decoded the same arguments as the JVM decoded them; encoded again if the process has no such arguments
     */
    public static List<byte[]> last(List<String> decoded) {
        try {
            List<byte[]> all = split(Files.readAllBytes(FILE));
            if (all.size() > decoded.size()) {
                List<byte[]> last = all.subList(all.size() - decoded.size(), all.size());
                if (decoded.equals(last.stream().map(bytes -> new String(bytes, platform())).toList())) {
                    return last;
                }
            }
        } catch (IOException withoutProc) {
            // As below.
        }
        return decoded.stream().map(CommandLineBytes::of).toList();
    }

    /** {@return the bytes of a text that the JVM decoded} */
    public static byte[] of(String decoded) {
        return decoded.getBytes(platform());
    }

    /** {@return arguments that each end in a zero byte} */
    static List<byte[]> split(byte[] line) {
        List<byte[]> arguments = new ArrayList<>();
        int start = 0;
        for (int index = 0; index < line.length; index++) {
            if (line[index] == 0) {
                byte[] argument = new byte[index - start];
                System.arraycopy(line, start, argument, 0, argument.length);
                arguments.add(argument);
                start = index + 1;
            }
        }
        return arguments;
    }

    /** The encoding of the locale, which the JVM uses for arguments and file names. */
    private static Charset platform() {
        return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), Charset.defaultCharset());
    }
}
