package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.Rival;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.child.ChildResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Takes samples in fresh JVMs, all with the same Java heap and a collector without threads.
 *
 * @param timing of JMH's forks
 */
public record ProcessSampler(ForkTiming timing) {

    private static final List<String> JMH_OPTIONS = List.of("-Xms2g", "-Xmx2g", "-XX:+UseSerialGC");

    /** Touches every page of the Java heap in advance: what the process holds later is native memory. */
    private static final List<String> PROBE_OPTIONS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch");

    private static final List<String> MEMORY_PROBE_OPTIONS = Stream.concat(PROBE_OPTIONS.stream(),
            Stream.of("-XX:TieredStopAtLevel=1", "-Xbatch")).toList();

    private static final String JMH_MAIN = "org.openjdk.jmh.Main";
    private static final String PROBE_PACKAGE = "dev.ashlar.bench.probe.";
    private static final long SECONDS_MAX = 600;

    /** Takes one sample of a contender in an experiment. */
    public ChildResult take(Experiment experiment, Contender contender) {
        Task task = contender.ownTask().orElse(experiment.task());
        Map<String, String> parameters = new TreeMap<>(task.parameters());
        parameters.putAll(contender.parameters());
        Map<String, String> environment = new TreeMap<>(Rival.environment());
        environment.putAll(contender.environment());
        return switch (task.kind()) {
            case JMH, JMH_ONCE -> jmh(task, parameters, environment);
            case TIME_PROBE -> probe(task, parameters, PROBE_OPTIONS, environment);
            case MEMORY_PROBE -> probe(task, parameters, MEMORY_PROBE_OPTIONS, environment);
        };
    }

    private ChildResult jmh(Task task, Map<String, String> parameters, Map<String, String> environment) {
        try {
            Path file = Files.createTempFile("ashlar-jmh-", ".json");
            try {
                // A killed run leaves JMH's lock behind. This run starts one fork at a time anyway.
                ChildResult result = ChildResult.of(ChildJvm.command(List.of("-Djmh.ignoreLock=true"), JMH_MAIN,
                        JmhFork.arguments(task, parameters, timing, JMH_OPTIONS, file)), environment, SECONDS_MAX);
                if (result.failure().isPresent()) {
                    return result;
                }
                Map<String, Double> figures = new HashMap<>(result.answer().figures());
                figures.put(Experiment.TIME.key(), JmhFork.nanos(Files.readString(file)));
                return new ChildResult(new Answer(figures, result.answer().notes()), result.failure());
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("the result file of JMH", failed);
        }
    }

    private static ChildResult probe(Task task, Map<String, String> parameters, List<String> options,
            Map<String, String> environment) {
        List<String> arguments = parameters.entrySet().stream().map(Map.Entry::toString).toList();
        return ChildResult.of(ChildJvm.command(options, PROBE_PACKAGE + task.name(), arguments), environment,
                SECONDS_MAX);
    }
}
