package dev.ashlar.bench.suite;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
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

    /**
     * {@return the median of the iterations, in nanoseconds per operation; the mean would include disturbed ones}
     *
     * @param json JMH's result
     * @throws IllegalArgumentException if it is not the result of one benchmark in nanoseconds per operation
     */
    static double nanos(String json) {
        try {
            JsonArray runs = JsonParser.parseString(json).getAsJsonArray();
            if (runs.size() != 1) {
                throw new IllegalArgumentException("expected the result of one benchmark: benchmarks=" + runs.size());
            }
            JsonObject metric = runs.get(0).getAsJsonObject().getAsJsonObject("primaryMetric");
            String unit = metric.get("scoreUnit").getAsString();
            if (!unit.equals("ns/op")) {
                throw new IllegalArgumentException("expected nanoseconds per operation: unit=" + unit);
            }
            List<Double> scores = new ArrayList<>();
            for (JsonElement fork : metric.getAsJsonArray("rawData")) {
                fork.getAsJsonArray().forEach(score -> scores.add(score.getAsDouble()));
            }
            return Spread.of(scores).median();
        } catch (JsonParseException | IllegalStateException | NullPointerException malformed) {
            throw new IllegalArgumentException("not a result of JMH: " + json, malformed);
        }
    }
}
