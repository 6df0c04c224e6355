package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.heap.ArenaRaces;
import dev.ashlar.host.ChildJvm;
import dev.ashlar.slab.EndRaces;
import dev.ashlar.slab.HandOverRaces;
import dev.ashlar.slab.LargeRunRaces;
import dev.ashlar.slab.MarkRaces;
import dev.ashlar.slab.NewRunRaces;
import dev.ashlar.slab.ReaderRaces;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.annotations.JCStressTest;

/**
 * Each protocol without a lock, raced against itself: no race has a result that its outcomes forbid.
 *
 * <p>Each race runs in a JVM of its own. {@code -Dashlar.races=all} runs it with each choice of compilers, and longer.
 */
class RacesTest {
    private static final List<Class<?>> RACES = List.of(
            MarkRaces.class, EndRaces.class, HandOverRaces.class, LargeRunRaces.class, ReaderRaces.class,
            NewRunRaces.class, ArenaRaces.class);
    private static final List<String> SHORT = List.of(
            "-f", "1", "-iters", "1", "-time", "1500", "-sc", "false", "-af", "NONE",
            "-jvmArgs", "-Xmx256m -XX:+UseSerialGC -ea");
    private static final List<String> ALL = List.of("-m", "default", "-jvmArgsPrepend", "-ea");
    private static final int SHORT_TIMEOUT_SECONDS = 10 * 60;
    private static final int ALL_TIMEOUT_SECONDS = 12 * 60 * 60;

    private static final Pattern COUNTS = Pattern.compile("Results: (\\d+) planned; (\\d+) passed, 0 failed, "
            + "0 soft errs, 0 hard errs");

    /** The child: it starts a JVM for each test. */
    public static void main(String[] arguments) throws Exception {
        Main.main(arguments);
    }

    @Test
    void noRaceHasAForbiddenResult(@TempDir Path folder) {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "a race needs two processors");
        boolean all = "all".equals(System.getProperty("ashlar.races"));
        List<String> arguments = Stream.of(List.of("-t", "^dev\\.ashlar\\."), all ? ALL : SHORT)
                .flatMap(List::stream)
                .toList();

        ChildJvm.Outcome outcome = ChildJvm.onClassPath(RacesTest.class)
                .withTestLibraries()
                .in(folder)
                .timeoutSeconds(all ? ALL_TIMEOUT_SECONDS : SHORT_TIMEOUT_SECONDS)
                .run(arguments.toArray(String[]::new));

        String report = outcome.output();
        assertThat(outcome.exitCode()).as(report).isZero();
        assertThat(passedCount(report)).as(report).isPositive().isGreaterThanOrEqualTo(raceCount());
    }

    /** {@return the runs of tests, all of which passed, or -1} */
    private static int passedCount(String report) {
        Matcher counts = COUNTS.matcher(report);
        int passed = -1;
        while (counts.find()) {
            passed = counts.group(1).equals(counts.group(2)) ? Integer.parseInt(counts.group(2)) : -1;
        }
        return passed;
    }

    private static int raceCount() {
        return (int) RACES.stream()
                .flatMap(races -> Stream.of(races.getDeclaredClasses()))
                .filter(race -> race.isAnnotationPresent(JCStressTest.class))
                .count();
    }
}
