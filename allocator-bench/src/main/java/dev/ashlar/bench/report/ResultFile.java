package dev.ashlar.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes a result as JSON, charts and a page, and reads its JSON. */
public final class ResultFile {

    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            // Four places are enough for the smallest ratio.
            .registerTypeAdapter(Double.class, (JsonSerializer<Double>) (value, _, _) -> rounded(value))
            .registerTypeAdapter(double.class, (JsonSerializer<Double>) (value, _, _) -> rounded(value))
            .create();

    private ResultFile() {}

    /**
     * Writes a result to each place that is not null.
     *
     * @param json a file for the JSON
     * @param charts a folder for charts; by default the folder of the JSON
     * @param results a folder for JSON, charts and a page
     */
    public static void write(BenchResult result, @Nullable Path json, @Nullable Path charts, @Nullable Path results) {
        Map<String, String> pictures = ResultCharts.of(result);
        if (json != null) {
            write(json, text(result));
        }
        Path folder = charts == null && json != null ? json.toAbsolutePath().getParent() : charts;
        if (folder != null) {
            pictures.forEach((name, svg) -> write(folder.resolve(name), svg));
        }
        if (results != null) {
            write(result, results.resolve("bench.json"), results, null);
            write(results.resolve("README.md"), Page.of(result, pictures.keySet()));
        }
    }

    /**
     * {@return the result in a JSON file}
     *
     * @throws CommandException if the file does not exist or is not a result
     */
    public static BenchResult read(Path file) {
        try {
            BenchResult result = GSON.fromJson(Files.readString(file), BenchResult.class);
            Objects.requireNonNull(result.run(), "run");
            return result;
        } catch (NoSuchFileException absent) {
            throw refused(file + ": no such file", absent);
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + file, failed);
        } catch (RuntimeException malformed) {
            // Not JSON, or other JSON, from which the records cannot be made.
            throw refused(file + ": not a result of ashlar bench", malformed);
        }
    }

    private static CommandException refused(String message, Throwable cause) {
        CommandException refused = new CommandException(ExitCode.USAGE, message);
        refused.initCause(cause);
        return refused;
    }

    /** {@return a result as JSON} */
    static String text(BenchResult result) {
        return GSON.toJson(result) + "\n";
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException("writing " + file, failed);
        }
    }

    private static JsonPrimitive rounded(double value) {
        return new JsonPrimitive(Math.round(value * 10_000) / 10_000.0);
    }
}
