package dev.ashlar.buddy;

import java.lang.reflect.Field;

/** Reaches private fields, to plant the corruptions that a check must find. */
public final class Planted {
    private Planted() {}

    /** {@return the value of a field; arrays can be corrupted in place} */
    public static <T> T in(Object target, String field, Class<T> type) {
        try {
            return type.cast(field(target, field).get(target));
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    public static void set(Object target, String field, Object value) {
        try {
            field(target, field).set(target, value);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static Field field(Object target, String name) {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new AssertionError(target.getClass() + " has no field " + name);
    }
}
