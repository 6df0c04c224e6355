package dev.ashlar.tool.child;

import com.google.gson.Gson;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.tool.exit.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A measurement in a child JVM. Its task is a record with all that the child must know, and its result is a record too.
 * Both pass from JVM to JVM as JSON.
 *
 * @param result what was measured; null if nothing was
 * @param lacking why this host cannot run it; null if it can
 * @param failure what went wrong; null if nothing did
 */
public record Measurement<T>(@Nullable T result, @Nullable String lacking, @Nullable String failure) {

    /** The note that holds the result. */
    private static final String RESULT = "result";
    /** The note that says why there is none. */
    private static final String LACKING = "lacking";

    /** A collector without threads of its own, and a heap that is complete from the start: both are VMAs. */
    private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx256m");

    private static final long SECONDS_MAX = 300;

    private static final Gson GSON = new Gson();

    /**
     * Runs a measurement in a fresh JVM with the {@code ashlar.} properties of this one.
     *
     * @param type the type of the result
     */
    public static <T> Measurement<T> inChild(Supplier<T> task, Class<T> type) {
        List<String> jvmOptions = new ArrayList<>(JVM_OPTIONS);
        System.getProperties().forEach((name, value) -> {
            if (name.toString().startsWith("ashlar.")) {
                jvmOptions.add("-D" + name + "=" + value);
            }
        });
        ChildResult child = ChildResult.of(ChildJvm.command(jvmOptions, Measurement.class.getName(),
                List.of(task.getClass().getName(), GSON.toJson(task))), Map.of(), SECONDS_MAX);
        if (child.failure().isPresent()) {
            return new Measurement<>(null, null, child.failure().get());
        }
        Map<String, String> notes = child.answer().notes();
        String result = notes.get(RESULT);
        return result == null
                ? new Measurement<>(null, notes.getOrDefault(LACKING, "it gave no answer"), null)
                : new Measurement<>(GSON.fromJson(result, type), null, null);
    }

    /**
     * The child: measures and answers the result, or why this host refused.
     *
     * @param arguments the class of the task, and the task as JSON
     * @throws ClassNotFoundException if there is no such class
     */
    public static void main(String[] arguments) throws ClassNotFoundException {
        Supplier<?> task = (Supplier<?>) GSON.fromJson(arguments[1], Class.forName(arguments[0]));
        try {
            Answer.note(RESULT, GSON.toJson(task.get()));
        } catch (CommandException | BackingUnavailableException | HeapExhaustedException
                | UnsupportedHostException lacking) {
            Answer.note(LACKING, String.valueOf(lacking.getMessage()));
        }
    }
}
