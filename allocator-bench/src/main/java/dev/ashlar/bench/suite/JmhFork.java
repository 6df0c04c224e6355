package dev.ashlar.bench.suite;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.ashlar.tool.figures.Spread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One fork of one JMH benchmark: its command line and its result. */
final class JmhFork {

    private static final String PACKAGE = "dev.ashlar.bench.jmh.";

    private JmhFork() {}

    /**
     * {@return JMH's arguments}
     *
     * @param timing ignored if the benchmark measures once
     * @param jvmOptions options of the fork
     * @param resultFile the file for JMH's JSON
     */
    static List<String> arguments(Task task, Map<String, String> parameters, ForkTiming timing,
            List<String> jvmOptions, Path resultFile) {
        List<String> list = new ArrayList<>(List.of("^" + Pattern.quote(PACKAGE + task.name()) + "(\\..*)?$",
                "-f", "1", "-foe", "true", "-jvmArgsAppend", String.join(" ", jvmOptions),
                "-rf", "json", "-rff", resultFile.toString()));
        if (task.kind() == Task.Kind.JMH) {
            list.addAll(List.of("-t", Integer.toString(task.threads()),
                    "-wi", Integer.toString(timing.warmUpCount()), "-w", timing.warmUpMillis() + "ms",
                    "-i", Integer.toString(timing.measuredCount()), "-r", timing.measuredMillis() + "ms"));
        }
        parameters.forEach((name, value) -> list.addAll(List.of("-p", name + "=" + value)));
        return list;
    }

    /** A benchmark in JMH's JSON. */
    private record Run(Metric primaryMetric) {}

    /** What it measured: in each fork, the figure of each iteration. */
    private record Metric(String scoreUnit, List<List<Double>> rawData) {}

    /**
     * {@return the median of the iterations, in nanoseconds per operation; the mean would include disturbed ones}
     *
     * @param json JMH's result
     * @throws IllegalArgumentException if it is not the result of one benchmark in nanoseconds per operation
     */
    static double nanos(String json) {
        try {
            Run[] runs = new Gson().fromJson(json, Run[].class);
            if (runs.length != 1) {
                throw new IllegalArgumentException("expected the result of one benchmark: benchmarks=" + runs.length);
            }
            Metric metric = runs[0].primaryMetric();
            if (!metric.scoreUnit().equals("ns/op")) {
                throw new IllegalArgumentException("expected nanoseconds per operation: unit=" + metric.scoreUnit());
            }
            return Spread.of(metric.rawData().stream().flatMap(List::stream).toList()).median();
        } catch (JsonParseException | NullPointerException malformed) {
            throw new IllegalArgumentException("not a result of JMH: " + json, malformed);
        }
    }
}
