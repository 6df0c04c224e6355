package dev.ashlar.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** A result as JSON in a file. */
public final class ResultFile {

    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            // Four places are more than a measurement is good for, also of the smallest ratio.
            .registerTypeAdapter(Double.class, (JsonSerializer<Double>) (value, _, _) -> rounded(value))
            .registerTypeAdapter(double.class, (JsonSerializer<Double>) (value, _, _) -> rounded(value))
            .create();

    private ResultFile() {}

    /** Writes a result, its folder made where it is not there. */
    public static void write(BenchResult result, Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, text(result));
        } catch (IOException failed) {
            throw new UncheckedIOException("writing " + file, failed);
        }
    }

    /** {@return a result as JSON} */
    static String text(BenchResult result) {
        return GSON.toJson(result) + "\n";
    }

    /**
     * {@return what was written to a file}
     *
     * @throws ResultFileException if it is not there or is not such a file
     */
    public static BenchResult read(Path file) {
        try {
            BenchResult result = GSON.fromJson(Files.readString(file), BenchResult.class);
            Objects.requireNonNull(result.run(), "run");
            return result;
        } catch (NoSuchFileException absent) {
            throw new ResultFileException(file + ": no such file", absent);
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + file, failed);
        } catch (RuntimeException malformed) {
            // Not JSON, or JSON of something else, in which the records miss what they need.
            throw new ResultFileException(file + ": not a result of ashlar bench", malformed);
        }
    }

    private static JsonPrimitive rounded(double value) {
        return new JsonPrimitive(Math.round(value * 10_000) / 10_000.0);
    }
}
