package dev.ashlar.tool.child;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * The answer of a child JVM: figures, and notes on them. The child writes it to the file that the environment variable
 * {@value #VARIABLE} names. If the variable is not set, nothing is written.
 *
 * @param figures numbers by name
 * @param notes words by name, such as the backing of a heap
 */
public record Answer(Map<String, Double> figures, Map<String, String> notes) {

    /** Names the file. */
    public static final String VARIABLE = "ASHLAR_ANSWER_FILE";

    private static final Gson GSON = new Gson();

    /** Copies the maps, sorted by name. */
    public Answer {
        figures = Map.copyOf(figures);
        notes = Map.copyOf(notes);
    }

    /** Adds a note, for a process that does not write a whole answer, such as the fork of a benchmark. */
    public static void note(String name, String text) {
        write(new Answer(Map.of(), Map.of(name, text)));
    }

    /** Writes an answer; several are merged. */
    public static void write(Answer answer) {
        String file = System.getenv(VARIABLE);
        if (file != null) {
            try {
                Files.writeString(Path.of(file), GSON.toJson(answer) + "\n", StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException failed) {
                throw new UncheckedIOException("writing " + file, failed);
            }
        }
    }

    /** {@return what a file holds; an empty answer if there is no file} */
    public static Answer read(Path file) {
        Map<String, Double> figures = new TreeMap<>();
        Map<String, String> notes = new TreeMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                Answer one = GSON.fromJson(line, Answer.class);
                figures.putAll(one.figures);
                notes.putAll(one.notes);
            }
        } catch (NoSuchFileException withoutAnswer) {
            return new Answer(Map.of(), Map.of());
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + file, failed);
        } catch (JsonParseException malformed) {
            throw new IllegalStateException("no answer of a child JVM: " + file, malformed);
        }
        return new Answer(figures, notes);
    }

    /** {@return a figure that must be there} */
    public double figure(String name) {
        Double figure = figures.get(name);
        if (figure == null) {
            throw new IllegalStateException("the answer of a child JVM lacks a figure: " + name);
        }
        return figure;
    }
}
