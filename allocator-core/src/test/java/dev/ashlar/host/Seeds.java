package dev.ashlar.host;

import java.lang.reflect.Method;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;
import org.opentest4j.TestAbortedException;

/**
 * The seeds of tests that take random steps: one fixed seed and a fresh one; {@code -Dashlar.seeds=N} takes N fresh
 * seeds instead, {@code -Dashlar.seed=S} takes S alone. {@code -Dashlar.steps=N} sets the length of a run.
 */
public final class Seeds implements ArgumentsProvider, InvocationInterceptor {
    /** Of all tests that take seeds. */
    public static final String TAG = "seeded";

    /** The fixed seed, for tests whose assertions hold only for a known run. */
    public static final long FIXED = 20_260_802;

    /** {@return the seeds to test with} */
    public static LongStream stream() {
        Long given = Long.getLong("ashlar.seed");
        if (given != null) {
            return LongStream.of(given);
        }
        Integer count = Integer.getInteger("ashlar.seeds");
        return count == null
                ? LongStream.of(FIXED, ThreadLocalRandom.current().nextLong())
                : ThreadLocalRandom.current().longs(count);
    }

    /** Tests with each seed, for tests that have other parameters or share a fixture. A failure names the seed. */
    public static void forEach(LongConsumer test) {
        stream().forEach(seed -> {
            try {
                test.accept(seed);
            } catch (TestAbortedException skipped) {
                throw skipped;
            } catch (RuntimeException | AssertionError failure) {
                throw failed(seed, failure);
            }
        });
    }

    /** Takes {@code normalCount} random steps, or the number that {@code -Dashlar.steps} sets. */
    public static void run(long seed, long normalCount, Consumer<SplittableRandom> step) {
        SplittableRandom random = new SplittableRandom(seed);
        long count = stepCount(normalCount);
        for (long index = 0; index < count; index++) {
            try {
                step.accept(random);
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError(
                        "step " + index + " of " + count + ": " + failure.getMessage(), failure);
            }
        }
    }

    /** {@return {@code normalCount}, or the number that {@code -Dashlar.steps} sets} */
    public static long stepCount(long normalCount) {
        return Long.getLong("ashlar.steps", normalCount);
    }

    /**
     * {@return whether this run takes the fixed seed and the normal number of steps} Only then may a test assert how
     * often its random steps met each case.
     */
    public static boolean isFixed(long seed) {
        return seed == FIXED && Long.getLong("ashlar.steps") == null;
    }

    private static AssertionError failed(Object seed, Throwable failure) {
        return new AssertionError("repeat with -Dashlar.seed=" + seed + ": " + failure.getMessage(), failure);
    }

    @Override
    public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
        return stream().mapToObj(Arguments::of);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        try {
            invocation.proceed();
        } catch (TestAbortedException skipped) {
            throw skipped;
        } catch (Exception | AssertionError failure) {
            throw failed(call.getArguments().getFirst(), failure);
        }
    }
}
