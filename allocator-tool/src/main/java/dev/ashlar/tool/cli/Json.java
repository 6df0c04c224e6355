package dev.ashlar.tool.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns results into JSON: a record becomes an object with the names of its components, so that the documentation of a
 * record describes the JSON.
 */
final class Json {

    private static final Gson ONE_LINE = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
    private static final Gson INDENTED =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().setPrettyPrinting().create();

    private Json() {}

    /** {@return the value as one line} */
    static String line(Object value) {
        return ONE_LINE.toJson(element(value));
    }

    /** {@return the value indented for reading} */
    static String text(Object value) {
        return INDENTED.toJson(element(value));
    }

    private static JsonElement element(@Nullable Object value) {
        return switch (value) {
            case null -> JsonNull.INSTANCE;
            case Optional<?> optional -> element(optional.orElse(null));
            // No measurement here is precise beyond three decimal places.
            case Double number -> new JsonPrimitive(Math.round(number * 1000) / 1000.0);
            case Number number -> new JsonPrimitive(number);
            case Boolean flag -> new JsonPrimitive(flag);
            case List<?> list -> array(list);
            case Map<?, ?> map -> object(map);
            case Record record -> object(record);
            default -> new JsonPrimitive(value.toString());
        };
    }

    private static JsonArray array(List<?> list) {
        JsonArray array = new JsonArray();
        list.forEach(item -> array.add(element(item)));
        return array;
    }

    private static JsonObject object(Map<?, ?> map) {
        JsonObject object = new JsonObject();
        map.forEach((key, value) -> object.add(key.toString(), element(value)));
        return object;
    }

    private static JsonObject object(Record record) {
        JsonObject object = new JsonObject();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                object.add(component.getName(), element(component.getAccessor().invoke(record)));
            } catch (ReflectiveOperationException hidden) {
                throw new LinkageError("a result is not readable: component=" + component, hidden);
            }
        }
        return object;
    }
}
