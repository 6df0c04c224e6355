package dev.ashlar.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a result wherever it is wanted. */
public final class ResultFolder {

    private static final String JSON_NAME = "bench.json";
    private static final String PAGE_NAME = "README.md";

    private ResultFolder() {}

    /**
     * Writes what is wanted; null is not.
     *
     * @param json a file for the JSON
     * @param charts a folder for charts; beside the JSON where it is not given
     * @param results a folder for all of it and a page
     */
    public static void write(BenchResult result, @Nullable Path json, @Nullable Path charts, @Nullable Path results) {
        Map<String, String> pictures = Pictures.of(result);
        if (json != null) {
            ResultFile.write(result, json);
        }
        Path beside = json == null ? null : json.toAbsolutePath().getParent();
        Path folder = charts == null ? beside : charts;
        if (folder != null) {
            pictures.forEach((name, svg) -> write(folder.resolve(name), svg));
        }
        if (results != null) {
            ResultFile.write(result, results.resolve(JSON_NAME));
            pictures.forEach((name, svg) -> write(results.resolve(name), svg));
            write(results.resolve(PAGE_NAME), Page.of(result, pictures.keySet()));
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException("writing " + file, failed);
        }
    }
}
