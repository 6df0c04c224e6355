package dev.ashlar.bench.suite;

import dev.ashlar.bench.rivals.RivalUnavailableException;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.child.ChildResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Takes samples in fresh JVMs, all with the same Java heap.
 *
 * @param timing of JMH's forks; ignored if a benchmark measures once
 * @param before the allocator of the contender {@value Contender#BEFORE}
 */
public record ProcessSampler(ForkTiming timing, EarlierCore before) {

    private static final String FORK_OPTIONS = "-Xms2g -Xmx2g ";

    /** Touches every page of the Java heap in advance: what the process holds later is native memory. */
    private static final String PROBE_OPTIONS = "-Xms1g -Xmx1g -XX:+AlwaysPreTouch ";
    private static final String MEMORY_PROBE_OPTIONS = PROBE_OPTIONS + "-XX:TieredStopAtLevel=1 -Xbatch ";

    private static final String JMH_PACKAGE = "dev.ashlar.bench.jmh.";
    private static final String PROBE_PACKAGE = "dev.ashlar.bench.probe.";
    private static final long SECONDS_MAX = 600;

    /** Takes one sample of a contender in an experiment. */
    public ChildResult take(Experiment experiment, Contender contender) {
        Task task = experiment.task();
        if (contender.isNativeLoop()) {
            task = Task.probe(Task.Kind.TIME_PROBE, "NativeLoop", task.parameters());
        }
        List<Path> first = List.of();
        if (contender.isBefore()) {
            try {
                first = before.jars();
            } catch (RivalUnavailableException unavailable) {
                return new ChildResult(new Answer(Map.of(), Map.of()),
                        Optional.of(String.valueOf(unavailable.getMessage())));
            }
        }
        Map<String, String> parameters = new TreeMap<>(task.parameters());
        parameters.putAll(contender.parameters());
        List<String> command = switch (task.kind()) {
            // A killed run leaves JMH's lock behind. This run starts one fork at a time anyway.
            case JMH, JMH_ONCE -> ChildJvm.command(first, List.of("-Djmh.ignoreLock=true"),
                    JMH_PACKAGE + "SingleFork", jmhArguments(task, parameters));
            case TIME_PROBE -> probe(first, task, PROBE_OPTIONS, parameters);
            case MEMORY_PROBE -> probe(first, task, MEMORY_PROBE_OPTIONS, parameters);
        };
        ChildResult result = ChildResult.of(command, contender.environment(), SECONDS_MAX);
        if (contender.isBefore()) {
            Map<String, String> notes = new TreeMap<>(result.answer().notes());
            notes.put("commit", "commit " + before.commit());
            return new ChildResult(new Answer(result.answer().figures(), notes), result.failure());
        }
        return result;
    }

    private List<String> jmhArguments(Task task, Map<String, String> parameters) {
        List<String> list = new ArrayList<>(List.of("^" + Pattern.quote(JMH_PACKAGE + task.name()) + "(\\..*)?$",
                "-f", "1", "-foe", "true", "-jvmArgsAppend", FORK_OPTIONS + task.jvmOptions()));
        if (task.kind() == Task.Kind.JMH) {
            list.addAll(List.of("-t", Integer.toString(task.threads()),
                    "-wi", Integer.toString(timing.warmUpCount(task.threads())), "-w", timing.warmUpMillis() + "ms",
                    "-i", Integer.toString(timing.measuredCount()), "-r", timing.measuredMillis() + "ms"));
        }
        parameters.forEach((name, value) -> list.addAll(List.of("-p", name + "=" + value)));
        return list;
    }

    private static List<String> probe(List<Path> first, Task task, String options, Map<String, String> parameters) {
        return ChildJvm.command(first, List.of((options + task.jvmOptions()).split(" ")), PROBE_PACKAGE + task.name(),
                parameters.entrySet().stream().map(Map.Entry::toString).toList());
    }
}
