package dev.ashlar.tool.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How a process ended.
 *
 * @param status its exit status; 128 and the signal if one ended it
 * @param out what is on its output, each byte as a character
 * @param err the text on its error stream
 */
record Ended(int status, String out, String err) {
    private static final long SECONDS_MAX = 300;

    /** Runs a command in a folder to its end, with a file as its input. */
    static Ended of(Path folder, Path input, List<String> command) {
        try {
            Path out = Files.createTempFile(folder, "out", "");
            Path err = Files.createTempFile(folder, "err", "");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(input.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean hasEnded = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(hasEnded).as("%s ends; it said %s", command, Files.readString(err)).isTrue();
            return new Ended(process.exitValue(), Files.readString(out, StandardCharsets.ISO_8859_1),
                    Files.readString(err));
        } catch (IOException e) {
            throw new IllegalStateException(command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
