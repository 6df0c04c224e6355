package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.bench.suite.Sample.Figures;
import dev.ashlar.bench.suite.Sample.Missing;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.child.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes samples in fresh JVMs, all with the same heap and collector, which stays out of the way.
 *
 * <p>Files of one sample are replaced by the next; {@link #close()} removes them.
 */
public final class ProcessSampler implements Sampler, AutoCloseable {

    /** Of JMH's forks: a collector that has no threads, and a heap that it seldom needs to collect. */
    private static final List<String> JVM_OPTIONS = List.of("-Xms2g", "-Xmx2g", "-XX:+UseSerialGC");

    /** Every page of a probe's Java heap is there before anything is measured: what comes on top is native memory. */
    private static final List<String> PROBE_OPTIONS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch");

    private static final List<String> MEMORY_PROBE_OPTIONS = Stream.concat(PROBE_OPTIONS.stream(),
            Stream.of("-XX:TieredStopAtLevel=1", "-Xbatch")).toList();

    private static final String JMH_MAIN = "org.openjdk.jmh.Main";
    private static final String JMH_PACKAGE = "dev.ashlar.bench.jmh.";
    private static final String PROBE_PACKAGE = "dev.ashlar.bench.probe.";

    private static final long SECONDS_MAX = 600;

    /** An exception's line as the JVM prints it; the first in the output is the one that mattered. */
    private static final Pattern THROWN = Pattern.compile(
            "(?m)^(?:Exception in thread \\S+ )?([a-z][\\w.$]*\\.\\w+(?:Exception|Error))(?:: (.*))?$");

    private final Pace pace;
    private final Path folder;

    /** Takes JMH samples at a pace. */
    public ProcessSampler(Pace pace) {
        this.pace = pace;
        try {
            this.folder = Files.createTempDirectory("ashlar-bench-");
        } catch (IOException failed) {
            throw new UncheckedIOException("a folder for the files of samples", failed);
        }
    }

    @Override
    public Sample.Outcome take(Experiment experiment, Contender contender) {
        Task task = contender.ownTask().orElse(experiment.task());
        Map<String, String> parameters = new TreeMap<>(task.parameters());
        parameters.putAll(contender.parameters());
        return switch (task) {
            case Task.Jmh jmh -> jmh(jmhArguments(jmh.benchmark(), parameters).steady(pace, jmh.threads()), contender);
            case Task.JmhOnce jmh -> jmh(jmhArguments(jmh.benchmark(), parameters), contender);
            case Task.Probe probe -> probe(probe, parameters, contender);
        };
    }

    private JmhArguments jmhArguments(String benchmark, Map<String, String> parameters) {
        return JmhArguments.of(JMH_PACKAGE + benchmark, parameters, JVM_OPTIONS, resultFile());
    }

    private Sample.Outcome jmh(JmhArguments arguments, Contender contender) {
        // Two runs at once would falsify each other, but JMH's lock is left behind by a run that was killed.
        List<String> command = ChildJvm.command(List.of("-Djmh.ignoreLock=true"), JMH_MAIN, arguments.list());
        return switch (run(command, contender)) {
            case Figures figures -> figures.with(Metric.TIME, JmhResult.read(resultFile()));
            case Missing missing -> missing;
        };
    }

    private Sample.Outcome probe(Task.Probe probe, Map<String, String> parameters, Contender contender) {
        List<String> options = switch (probe.measures()) {
            case TIME -> PROBE_OPTIONS;
            case MEMORY -> MEMORY_PROBE_OPTIONS;
        };
        List<String> arguments = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        return run(ChildJvm.command(options, PROBE_PACKAGE + probe.probe(), arguments), contender);
    }

    private Sample.Outcome run(List<String> command, Contender contender) {
        Path output = folder.resolve("output.txt");
        try {
            Files.deleteIfExists(answerFile());
            Files.deleteIfExists(resultFile());
            Map<String, String> environment = new TreeMap<>(Rival.environment());
            environment.putAll(contender.environment());
            environment.put(Answer.VARIABLE, answerFile().toString());
            OptionalInt exitCode = ChildJvm.run(command, environment, output, SECONDS_MAX);
            if (exitCode.isEmpty()) {
                return new Missing("no result within " + SECONDS_MAX + " seconds");
            }
            if (exitCode.getAsInt() != 0) {
                return new Missing(reason(Files.readString(output), exitCode.getAsInt()));
            }
            Answer answer = Answer.read(answerFile());
            return new Figures(answer.figures(), answer.notes());
        } catch (IOException failed) {
            throw new UncheckedIOException("the files of a sample in " + folder, failed);
        }
    }

    /** {@return why a process failed: the message of what it threw, or its last line} */
    static String reason(String output, int exitCode) {
        Matcher thrown = THROWN.matcher(output);
        if (thrown.find()) {
            return thrown.group(2) == null ? thrown.group(1) : thrown.group(2).strip();
        }
        String last = output.lines().filter(line -> !line.isBlank()).reduce((_, line) -> line).orElse("no output");
        return "exit code " + exitCode + ": " + last.strip();
    }

    private Path answerFile() {
        return folder.resolve("answer.jsonl");
    }

    private Path resultFile() {
        return folder.resolve("jmh.json");
    }

    @Override
    public void close() {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException failed) {
            throw new UncheckedIOException("removing " + folder, failed);
        }
    }
}
