package dev.ashlar.bench.suite;

import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.child.ChildResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes samples in fresh JVMs, all with the same Java heap and a collector without threads.
 *
 * @param timing of JMH's forks; ignored if a benchmark measures once
 */
public record ProcessSampler(ForkTiming timing) {

    private static final String FORK_OPTIONS = "-Xms2g -Xmx2g -XX:+UseSerialGC";

    /** Touches every page of the Java heap in advance: what the process holds later is native memory. */
    private static final List<String> PROBE_OPTIONS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch");

    private static final List<String> MEMORY_PROBE_OPTIONS = Stream.concat(PROBE_OPTIONS.stream(),
            Stream.of("-XX:TieredStopAtLevel=1", "-Xbatch")).toList();

    private static final String JMH_PACKAGE = "dev.ashlar.bench.jmh.";
    private static final String PROBE_PACKAGE = "dev.ashlar.bench.probe.";
    private static final long SECONDS_MAX = 600;

    /** Takes one sample of a contender in an experiment. */
    public ChildResult take(Experiment experiment, Contender contender) {
        Task task = contender.ownTask().orElse(experiment.task());
        Map<String, String> parameters = new TreeMap<>(task.parameters());
        parameters.putAll(contender.parameters());
        List<String> command = switch (task.kind()) {
            // A killed run leaves JMH's lock behind. This run starts one fork at a time anyway.
            case JMH, JMH_ONCE -> ChildJvm.command(List.of("-Djmh.ignoreLock=true"), JMH_PACKAGE + "SingleFork",
                    jmhArguments(task, parameters));
            case TIME_PROBE -> probe(task, PROBE_OPTIONS, parameters);
            case MEMORY_PROBE -> probe(task, MEMORY_PROBE_OPTIONS, parameters);
        };
        return ChildResult.of(command, contender.environment(), SECONDS_MAX);
    }

    private List<String> jmhArguments(Task task, Map<String, String> parameters) {
        List<String> list = new ArrayList<>(List.of("^" + Pattern.quote(JMH_PACKAGE + task.name()) + "(\\..*)?$",
                "-f", "1", "-foe", "true", "-jvmArgsAppend", FORK_OPTIONS));
        if (task.kind() == Task.Kind.JMH) {
            list.addAll(List.of("-t", Integer.toString(task.threads()),
                    "-wi", Integer.toString(timing.warmUpCount()), "-w", timing.warmUpMillis() + "ms",
                    "-i", Integer.toString(timing.measuredCount()), "-r", timing.measuredMillis() + "ms"));
        }
        parameters.forEach((name, value) -> list.addAll(List.of("-p", name + "=" + value)));
        return list;
    }

    private static List<String> probe(Task task, List<String> options, Map<String, String> parameters) {
        return ChildJvm.command(options, PROBE_PACKAGE + task.name(),
                parameters.entrySet().stream().map(Map.Entry::toString).toList());
    }
}
