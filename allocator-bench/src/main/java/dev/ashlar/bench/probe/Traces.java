package dev.ashlar.bench.probe;

import dev.ashlar.tool.replay.Trace;
import dev.ashlar.tool.replay.TraceReader;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Finds the traces in the source tree. */
final class Traces {

    private Traces() {}

    /**
     * {@return the trace with a name}
     *
     * @param name the file name without its suffix
     * @throws dev.ashlar.tool.replay.TraceException if there is none
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
