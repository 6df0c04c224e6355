package dev.ashlar.bench.filters;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** What Java does with two numbers, for method handles to compose. */
@SuppressWarnings("UnusedMethod")
final class Operations {
    private Operations() {}

    static MethodHandle find(String name, MethodType type) {
        try {
            return MethodHandles.lookup().findStatic(Operations.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name + type, e);
        }
    }

    private static boolean equal(int left, int right) {
        return left == right;
    }

    private static boolean notEqual(int left, int right) {
        return left != right;
    }

    private static boolean less(int left, int right) {
        return left < right;
    }

    private static boolean lessOrEqual(int left, int right) {
        return left <= right;
    }

    private static int sum(int left, int right) {
        return left + right;
    }

    private static int difference(int left, int right) {
        return left - right;
    }

    private static int product(int left, int right) {
        return left * right;
    }

    private static boolean equal(long left, long right) {
        return left == right;
    }

    private static boolean notEqual(long left, long right) {
        return left != right;
    }

    private static boolean less(long left, long right) {
        return left < right;
    }

    private static boolean lessOrEqual(long left, long right) {
        return left <= right;
    }

    private static long sum(long left, long right) {
        return left + right;
    }

    private static long difference(long left, long right) {
        return left - right;
    }

    private static long product(long left, long right) {
        return left * right;
    }

    private static boolean equal(double left, double right) {
        return left == right;
    }

    private static boolean notEqual(double left, double right) {
        return left != right;
    }

    private static boolean less(double left, double right) {
        return left < right;
    }

    private static boolean lessOrEqual(double left, double right) {
        return left <= right;
    }

    private static double sum(double left, double right) {
        return left + right;
    }

    private static double difference(double left, double right) {
        return left - right;
    }

    private static double product(double left, double right) {
        return left * right;
    }
}
