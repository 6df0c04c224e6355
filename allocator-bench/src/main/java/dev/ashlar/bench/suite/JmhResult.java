package dev.ashlar.bench.suite;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.ashlar.tool.figures.Spread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** JMH's own JSON: one benchmark, one fork. */
final class JmhResult {

    private JmhResult() {}

    /**
     * {@return the median over the iterations, in nanoseconds per operation; the mean would let one disturbed iteration
     * through}
     */
    static double read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException failed) {
            throw new UncheckedIOException("JMH left no result in " + file, failed);
        }
    }

    /**
     * Reads the text of such a file.
     *
     * @throws IllegalArgumentException if it is not the result of one benchmark in nanoseconds per operation
     */
    static double parse(String text) {
        try {
            JsonArray runs = JsonParser.parseString(text).getAsJsonArray();
            if (runs.size() != 1) {
                throw new IllegalArgumentException("the result of one benchmark is wanted: benchmarks=" + runs.size());
            }
            JsonObject metric = runs.get(0).getAsJsonObject().getAsJsonObject("primaryMetric");
            String unit = metric.get("scoreUnit").getAsString();
            if (!unit.equals("ns/op")) {
                throw new IllegalArgumentException("nanoseconds per operation are wanted: unit=" + unit);
            }
            List<Double> scores = new ArrayList<>();
            for (JsonElement fork : metric.getAsJsonArray("rawData")) {
                fork.getAsJsonArray().forEach(score -> scores.add(score.getAsDouble()));
            }
            return Spread.of(scores).median();
        } catch (JsonParseException | IllegalStateException | NullPointerException malformed) {
            throw new IllegalArgumentException("not a result of JMH: " + text, malformed);
        }
    }
}
