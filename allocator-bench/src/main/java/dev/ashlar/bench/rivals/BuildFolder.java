package dev.ashlar.bench.rivals;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The folder that this program was started from. */
public final class BuildFolder {

    private BuildFolder() {}

    /** {@return the folder of the jar or of the folder of classes; in a checkout, the module's {@code target}} */
    public static Path path() {
        try {
            return Path.of(BuildFolder.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .resolveSibling("").toAbsolutePath();
        } catch (URISyntaxException impossible) {
            throw new AssertionError("a class's own location is a URI", impossible);
        }
    }
}
