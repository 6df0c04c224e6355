package dev.ashlar.bench.report;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;

/** Which state of the sources this program was built from, as far as can be told: that of its checkout now. */
public final class Commit {

    private static final String UNKNOWN = "unknown";

    private Commit() {}

    /** {@return the commit's short name, with {@code -dirty} where files were changed; "unknown" without git} */
    public static String describe() {
        CodeSource source = Commit.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return UNKNOWN;
        }
        try {
            Path folder = Path.of(source.getLocation().toURI()).getParent();
            Process git = new ProcessBuilder("git", "-C", String.valueOf(folder), "describe", "--always", "--dirty")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 && !said.isEmpty() ? said : UNKNOWN;
        } catch (IOException | URISyntaxException noGit) {
            return UNKNOWN;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
