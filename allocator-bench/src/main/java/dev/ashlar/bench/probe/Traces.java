package dev.ashlar.bench.probe;

import dev.ashlar.bench.replay.Trace;
import dev.ashlar.bench.replay.TraceReader;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** The traces that lie in the source tree beside the build. */
final class Traces {

    private Traces() {}

    /**
     * {@return a trace}
     *
     * @param name without its ending
     * @throws dev.ashlar.bench.replay.TraceException if it is not there
     */
    static Trace read(String name) {
        return TraceReader.read(folder().resolve(name + ".trace.gz"));
    }

    /** The jar and the folder of classes both lie in target. */
    private static Path folder() {
        try {
            Path own = Path.of(Traces.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return own.toAbsolutePath().resolveSibling("../traces").normalize();
        } catch (URISyntaxException impossible) {
            throw new AssertionError("a class's own location is a URI", impossible);
        }
    }
}
