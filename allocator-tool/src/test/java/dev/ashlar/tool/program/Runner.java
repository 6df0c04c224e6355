package dev.ashlar.tool.program;

import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.exit.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The command {@code ashlar run} with an engine of a version of LLVM, in a process of its own.
 *
 * @param engine the engine's name
 * @param version the major version
 */
record Runner(String engine, int version) {
    /** As the launcher passes them. */
    private static final List<String> JVM_OPTIONS =
            List.of("-XX:+UseSerialGC", "-Xrs", "-XX:-MaxFDLimit", "-XX:TieredStopAtLevel=1");
    private static final String COMMAND = "dev.ashlar.tool.cli.Ashlar";

    /** {@return all that must work} */
    static Stream<Runner> all() {
        return Stream.of(new Runner("mcjit", 14), new Runner("mcjit", 16), new Runner("mcjit", 19),
                new Runner("orc", 16), new Runner("orc", 19), new Runner("jitlink", 19));
    }

    /** {@return one of each write path} */
    static Stream<Runner> some() {
        return Stream.of(new Runner("mcjit", 14), new Runner("jitlink", 19));
    }

    /** {@return how the program ended} */
    Ended run(Path folder, Path input, List<Path> modules, List<String> options, List<String> arguments) {
        List<String> line = new ArrayList<>(List.of("run", "--engine", engine, "--llvm", Integer.toString(version)));
        line.addAll(options);
        modules.forEach(module -> line.add(module.toString()));
        line.add("--");
        line.addAll(arguments);
        Ended ended = Ended.of(folder, input, ChildJvm.command(JVM_OPTIONS, COMMAND, line));
        Host.require(ended.status() != ExitCode.HOST || !ended.err().contains("ashlar run:"), this + ended.err());
        return ended;
    }
}
