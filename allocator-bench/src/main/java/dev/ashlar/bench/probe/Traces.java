package dev.ashlar.bench.probe;

import dev.ashlar.tool.replay.Trace;
import dev.ashlar.tool.replay.TraceReader;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** The traces that lie in the source tree beside the build. */
final class Traces {

    private Traces() {}

    /**
     * {@return a trace}
     *
     * @param name without its ending
     * @throws dev.ashlar.tool.replay.TraceException if it is not there
     */
    static Trace read(String name) {
        return TraceReader.read(folder().resolve(name + ".trace.gz"));
    }

    /** The jar and the folder of classes both lie in target. */
    private static Path folder() {
        try {
            Path own = Path.of(Traces.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return own.toAbsolutePath().resolveSibling("../../allocator-tool/traces").normalize();
        } catch (URISyntaxException impossible) {
            throw new AssertionError("a class's own location is a URI", impossible);
        }
    }
}
