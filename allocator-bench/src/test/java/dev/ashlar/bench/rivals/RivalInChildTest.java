package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.tool.memory.RawMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: the environment of the rivals has the promised effect. Method: child JVMs with it and without it. */
final class RivalInChildTest {

    @TempDir
    private Path directory;

    @Test
    void withoutTheEnvironmentTheMessageOfJemallocNamesIt() throws Exception {
        Rivals.open(Rival.JEMALLOC, 1).close();
        String probe = """
                try {
                    Rival.JEMALLOC.open(1);
                    IO.print("open");
                } catch (RivalUnavailableException unavailable) {
                    IO.print(unavailable.getMessage());
                }
                """;

        assertThat(run(probe, Map.of())).endsWith("Start the JVM with " + Rival.environment());
    }

    @ParameterizedTest
    @EnumSource(names = {"JEMALLOC_CRITICAL", "MIMALLOC_CRITICAL", "NETTY_POOLED"})
    void hugePagesComeOnlyOnRequest(Rival rival) throws Exception {
        Rivals.open(rival, 1).close();
        assumeTrue(HugePageSettings.read().thpEnabled().equals(Optional.of("madvise")),
                "transparent huge pages on request");
        String probe = """
                var memory = Rival.%s.open(1 << 16);
                for (int slot = 0; slot < 1 << 16; slot++) {
                    RawMemory.EVERYTHING.set(ValueLayout.JAVA_BYTE, memory.allocate(slot, 1024), (byte) 1);
                }
                IO.print(Files.lines(Path.of("/proc/self/smaps_rollup"))
                        .filter(line -> line.startsWith("AnonHugePages") || line.startsWith("Private_Hugetlb"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).sum());
                """.formatted(rival);

        assertThat(run(probe, Rival.environment())).isEqualTo("0");
        assertThat(run(probe, Rival.environmentOnHugePages())).isNotEqualTo("0");
    }

    /** Runs statements in a child JVM. Returns what they print. */
    private String run(String statements, Map<String, String> environment) throws IOException, InterruptedException {
        Path program = Files.writeString(directory.resolve("Probe.java"), """
                import dev.ashlar.tool.memory.*;
                import dev.ashlar.bench.rivals.*;
                import java.lang.foreign.ValueLayout;
                import java.nio.file.*;
                void main() throws Exception {
                """ + statements + "}\n");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("jdk.module.path"),
                program.toString());
        java.environment().keySet().removeAll(Rival.environmentOnHugePages().keySet());
        java.environment().putAll(environment);
        Process process = java.redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
