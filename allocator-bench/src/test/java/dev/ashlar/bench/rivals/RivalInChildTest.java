package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.stubs.HugePageSettings;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: the environment of the rivals has the promised effect. Method: child JVMs with it and without it. */
final class RivalInChildTest {

    @Test
    void withoutTheEnvironmentTheMessageOfJemallocNamesIt() throws Exception {
        Rivals.open(Rival.JEMALLOC, 1).close();

        assertThat(run(Rival.JEMALLOC, Map.of())).endsWith("Start the JVM with " + Rival.environment());
    }

    @ParameterizedTest
    @EnumSource(names = {"JEMALLOC_CRITICAL", "MIMALLOC_CRITICAL", "NETTY_POOLED"})
    void hugePagesComeOnlyOnRequest(Rival rival) throws Exception {
        Rivals.open(rival, 1).close();
        assumeTrue(HugePageSettings.read().thpEnabled().equals(Optional.of("madvise")),
                "transparent huge pages on request");

        assertThat(run(rival, Rival.environment())).isEqualTo("0");
        assertThat(run(rival, Rival.environmentOnHugePages())).matches("[1-9][0-9]*");
    }

    /** Runs {@link RivalProbe} in a child JVM. Returns what it prints. */
    private static String run(Rival rival, Map<String, String> environment) throws IOException, InterruptedException {
        String classPath = String.join(File.pathSeparator, BuildFolder.path().resolve("test-classes").toString(),
                System.getProperty("jdk.module.path", ""), System.getProperty("java.class.path", ""));
        ProcessBuilder java = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                // ArchUnit puts SLF4J on the class path of the tests, and Netty logs through it if it is there.
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp", classPath, RivalProbe.class.getName(), rival.name()));
        java.environment().keySet().removeAll(Rival.environmentOnHugePages().keySet());
        java.environment().putAll(environment);
        Process process = java.redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
