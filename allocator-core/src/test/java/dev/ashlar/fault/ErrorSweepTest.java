package dev.ashlar.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeds;
import dev.ashlar.memory.WritePath;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * After an Error of the JVM at any place of any call, the heap is intact or damaged, nothing is lost, and the heap can
 * be closed.
 *
 * <p>A run tries some places of each call, at random; {@code -Dashlar.errors=all} tries all of them.
 */
class ErrorSweepTest {
    private static final int PLACES_PER_CASE = 12;
    private static final double LARGEST_DAMAGED_SHARE = 0.1;
    private static final Pattern LINE = Pattern.compile("tried +(\\d+) damaged +(\\d+)");

    @ParameterizedTest
    @EnumSource
    void anErrorAtAnyPlaceLeavesTheHeapIntactOrDamaged(WritePath path) {
        boolean all = "all".equals(System.getProperty("ashlar.errors"));
        int most = all ? Integer.MAX_VALUE : PLACES_PER_CASE;
        String names = System.getProperty("ashlar.errors.cases", ".*");
        Seeds.forEach(seed -> {
            String found = sweep(path.name() + " " + names + " " + most + " " + seed);
            if (all) {
                System.out.print(found);
            }
            assertThat(found.lines()).filteredOn(line -> line.startsWith("FAIL")).isEmpty();
            assertThat(damagedShare(found)).as("share of places that damage the heap")
                    .isLessThan(LARGEST_DAMAGED_SHARE);
        });
    }

    private static double damagedShare(String found) {
        long tried = 0;
        long damaged = 0;
        for (Matcher line = LINE.matcher(found); line.find();) {
            tried += Long.parseLong(line.group(1));
            damaged += Long.parseLong(line.group(2));
        }
        assertThat(tried).isPositive();
        return (double) damaged / tried;
    }

    @SuppressWarnings("unchecked")
    private static String sweep(String arguments) {
        try {
            Class<?> sweep = new RewritingLoader().loadClass(ErrorSweep.class.getName());
            return ((Function<String, String>) sweep.getConstructor().newInstance()).apply(arguments);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the rewritten classes", e);
        }
    }
}
