package dev.ashlar.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.ChildJvm;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Heaps work without {@code jdk.jfr} and {@code java.management}, and use nothing of them that was not asked for. */
class OptionalModulesTest {
    /** {@return what it printed, and the packages of all classes that it loaded} */
    private static String run(ChildJvm child, String... arguments) {
        ChildJvm.Outcome outcome = child.flags("-Xlog:class+load:stdout").run(arguments);
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        String found = outcome.output().lines()
                .filter(line -> line.matches(".* (jdk\\.jfr|javax?\\.\\w*management|dev\\.ashlar\\.recording)\\..*")
                        || !line.startsWith("["))
                .collect(Collectors.joining("\n"));
        assertThat(found).contains("call = 42", "trimmed = 4194304");
        return found;
    }

    @Test
    void withoutTheModulesHeapsWorkAndSayWhatABeanNeeds() {
        String found = run(ChildJvm.ofModule(WithoutModules.class).nativeAccess()
                .flags("--limit-modules", "java.base,dev.ashlar,dev.ashlar.stubs"), "bean");
        assertThat(found)
                .contains("jdk.jfr = false", "java.management = false", "--add-modules java.management")
                .contains(" dev.ashlar.recording.Recordings ")
                .doesNotContain(" jdk.jfr.", " java.lang.management.", " javax.management.")
                .doesNotContain("FlightRecorderEvents", "CommitEvent");
    }

    @Test
    void withoutARecordingNoEventClassIsLoaded() {
        String found = run(ChildJvm.onClassPath(WithoutModules.class).flags("--enable-native-access=ALL-UNNAMED"));
        assertThat(found)
                .contains("jdk.jfr = true", "java.management = true", " jdk.jfr.FlightRecorderListener ")
                .doesNotContain("FlightRecorderEvents", "CommitEvent", "MetadataRepository", " javax.management.");
        assertThat(found.lines().filter(line -> line.contains(" jdk.jfr."))).hasSizeLessThan(15);
    }
}
