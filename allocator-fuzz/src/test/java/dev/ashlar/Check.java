package dev.ashlar;

import dev.ashlar.report.AshlarException;
import dev.ashlar.report.ForkedProcessException;
import dev.ashlar.report.HeapDamagedException;
import dev.ashlar.report.UnsupportedHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** What may come out of a call. */
final class Check {
    /** No call of a target is a reason for these. */
    private static final List<Class<?>> NEVER =
            List.of(HeapDamagedException.class, ForkedProcessException.class, UnsupportedHostException.class);

    private static final Executor OTHER_THREAD = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("fuzz other").daemon().factory());

    private Check() {}

    static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    /**
     * {@return why a call was refused, or null if it was not} A refusal is an {@link AshlarException}, an {@link
     * IllegalArgumentException} or another class that the method declares.
     */
    static @Nullable RuntimeException refusal(Runnable call, Class<?>... declared) {
        try {
            call.run();
            return null;
        } catch (RuntimeException refused) {
            Class<?> type = refused.getClass();
            boolean isDeclared = refused instanceof AshlarException && !NEVER.contains(type)
                    || type == IllegalArgumentException.class || List.of(declared).contains(type);
            if (!isDeclared) {
                throw new AssertionError("not declared", refused);
            }
            return refused;
        }
    }

    /** As {@link #refusal}; the script may choose that another thread makes the call. */
    static @Nullable RuntimeException refusal(
            Script script, Runnable call, Class<?>... declared) {
        return refusal(script.below(8) == 7 ? () -> inOtherThread(call) : call, declared);
    }

    static void inOtherThread(Runnable call) {
        try {
            CompletableFuture.runAsync(call, OTHER_THREAD).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException refused -> throw refused;
                case Error error -> throw error;
                case Throwable other -> throw e;
            }
        }
    }

    /** Fails unless a call is refused with this exception. */
    static void refuses(Class<? extends RuntimeException> expected, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException refused) {
            if (refused.getClass() == expected) {
                return;
            }
            throw new AssertionError("expected " + expected.getSimpleName(), refused);
        }
        throw new AssertionError("expected " + expected.getSimpleName() + ", but the call succeeded");
    }

    /** Fails unless a call was refused for its arguments if, and only if, they are wrong. */
    static void argumentsWere(boolean valid, @Nullable RuntimeException refusal) {
        if (valid && refusal instanceof IllegalArgumentException || !valid && refusal == null) {
            throw new AssertionError(valid ? "valid arguments were refused" : "wrong arguments were accepted", refusal);
        }
    }

    static boolean isAlignment(long byteAlignment) {
        return byteAlignment >= 1 && byteAlignment <= Heap.LARGEST_ALIGNMENT && Long.bitCount(byteAlignment) == 1;
    }
}
