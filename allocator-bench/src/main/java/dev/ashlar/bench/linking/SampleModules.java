package dev.ashlar.bench.linking;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Modules of nine functions each, with a table of constants and calls of the C library: about 2 KiB of code. The last
 * function calls the others.
 */
public final class SampleModules {
    private static final int TABLE_LENGTH = 64;
    private static final int STEP_COUNT = 7;
    private static final int STRIDE = 37;

    private SampleModules() {}

    /** {@return the module of an index, in LLVM's assembly language} */
    public static String text(int index) {
        String table = IntStream.range(0, TABLE_LENGTH).mapToObj(k -> "i32 " + table(index, k))
                .collect(Collectors.joining(", "));
        String steps = IntStream.range(0, STEP_COUNT).mapToObj(step -> step(index, step)).collect(Collectors.joining());
        String calls = IntStream.range(0, STEP_COUNT)
                .mapToObj(step -> "  %%r%d = call i32 @step%d(i32 %%r%d)%n".formatted(step + 1, step, step))
                .collect(Collectors.joining());
        return """
                @table = internal constant [64 x i32] [%s]
                declare i32 @abs(i32)
                define internal i32 @sum(i32 %%x) noinline {
                entry:
                  br label %%loop
                loop:
                  %%k = phi i64 [ 0, %%entry ], [ %%next, %%loop ]
                  %%s = phi i32 [ 0, %%entry ], [ %%t, %%loop ]
                  %%p = getelementptr [64 x i32], ptr @table, i64 0, i64 %%k
                  %%v = load i32, ptr %%p
                  %%w = xor i32 %%v, %%x
                  %%m = mul i32 %%w, %d
                  %%t = add i32 %%s, %%m
                  %%next = add i64 %%k, 1
                  %%done = icmp eq i64 %%next, 64
                  br i1 %%done, label %%out, label %%loop
                out:
                  ret i32 %%t
                }
                %s
                define i32 @%s(i32 %%r0) {
                %s  ret i32 %%r%d
                }
                """.formatted(table, multiplier(index), steps, function(index), calls, STEP_COUNT);
    }

    private static String step(int index, int step) {
        return """
                define internal i32 @step%d(i32 %%x) noinline {
                  %%a = call i32 @sum(i32 %%x)
                  %%b = call i32 @abs(i32 %%a)
                  %%i = zext i32 %%b to i64
                  %%j = and i64 %%i, 63
                  %%p = getelementptr [64 x i32], ptr @table, i64 0, i64 %%j
                  %%v = load i32, ptr %%p
                  %%c = add i32 %%v, %d
                  ret i32 %%c
                }
                """.formatted(step, index + step);
    }

    /** {@return the name of the function to call, from int to int} */
    public static String function(int index) {
        return "module" + index;
    }

    /** {@return what it returns} */
    public static int result(int index, int argument) {
        int result = argument;
        for (int step = 0; step < STEP_COUNT; step++) {
            int sum = 0;
            for (int k = 0; k < TABLE_LENGTH; k++) {
                sum += (table(index, k) ^ result) * multiplier(index);
            }
            result = table(index, Math.abs(sum) & TABLE_LENGTH - 1) + index + step;
        }
        return result;
    }

    private static int multiplier(int index) {
        return 2 * index + 3;
    }

    private static int table(int index, int k) {
        return (index + 1) * STRIDE * (k + 1) & 0xFFFF;
    }
}
