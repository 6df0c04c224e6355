package dev.ashlar.tool.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializationContext;
import com.google.gson.JsonSerializer;
import java.lang.reflect.RecordComponent;
import java.util.Optional;

/**
 * Turns results into JSON: a record becomes an object with the names of its components, so that the documentation of a
 * record describes the JSON.
 */
final class Json {

    private static final Gson ONE_LINE = new GsonBuilder().serializeNulls().disableHtmlEscaping()
            .registerTypeHierarchyAdapter(Record.class,
                    (JsonSerializer<Record>) (record, _, gson) -> object(record, gson))
            .registerTypeHierarchyAdapter(Optional.class,
                    (JsonSerializer<Optional<?>>) (optional, _, gson) -> gson.serialize(optional.orElse(null)))
            .registerTypeHierarchyAdapter(Enum.class,
                    (JsonSerializer<Enum<?>>) (word, _, _) -> new JsonPrimitive(word.toString()))
            // No measurement here is precise beyond three decimal places.
            .registerTypeAdapter(Double.class,
                    (JsonSerializer<Double>) (number, _, _) -> new JsonPrimitive(Math.round(number * 1000) / 1000.0))
            .create();
    private static final Gson INDENTED = ONE_LINE.newBuilder().setPrettyPrinting().create();

    private Json() {}

    /** {@return the value as one line} */
    static String line(Object value) {
        return ONE_LINE.toJson(value);
    }

    /** {@return the value indented for reading} */
    static String text(Object value) {
        return INDENTED.toJson(value);
    }

    /** Not Gson's own way, which needs access to the packages of all records. */
    private static JsonElement object(Record record, JsonSerializationContext gson) {
        JsonObject object = new JsonObject();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                object.add(component.getName(), gson.serialize(component.getAccessor().invoke(record)));
            } catch (ReflectiveOperationException hidden) {
                throw new LinkageError("a result is not readable: component=" + component, hidden);
            }
        }
        return object;
    }
}
