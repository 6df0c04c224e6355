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

/** Goal: the environment that a rival asks for is what it needs. Method: JVMs that are started with it and without. */
final class RivalInChildTest {

    @TempDir
    private Path directory;

    @Test
    void jemallocIsThereForAChildWithItsEnvironmentAndThisIsKnownWithoutIt() throws Exception {
        assumeTrue(DataRival.JEMALLOC.availability() instanceof Availability.Here, DataRival.JEMALLOC::needs);
        String probe = "IO.print(DataRival.JEMALLOC.availability());";

        assertThat(run(probe, Map.of())).isEqualTo(
                new Availability.InChild(DataRival.JEMALLOC.environment()).toString());
        assertThat(run(probe, DataRival.JEMALLOC.environment())).isEqualTo("Here[]");
        assertThat(run(probe, Rival.environmentForAll())).isEqualTo("Here[]");
        assertThat(run(probe, Rival.environmentForAllOnHugePages())).isEqualTo("Here[]");
    }

    @ParameterizedTest
    @EnumSource(names = {"JEMALLOC_CRITICAL", "MIMALLOC_CRITICAL", "NETTY_POOLED"})
    void hugePagesComeWhenAskedForAndNotOtherwise(DataRival rival) throws Exception {
        assumeTrue(rival.availability() instanceof Availability.Here, rival::needs);
        assumeTrue(HugePageSettings.read().thpEnabled().equals(Optional.of("madvise")),
                "transparent huge pages on request");
        String probe = """
                var memory = DataRival.%s.open(1 << 16);
                for (int slot = 0; slot < 1 << 16; slot++) {
                    RawMemory.EVERYTHING.set(ValueLayout.JAVA_BYTE, memory.allocate(slot, 1024), (byte) 1);
                }
                IO.print(Files.lines(Path.of("/proc/self/smaps_rollup"))
                        .filter(line -> line.startsWith("AnonHugePages") || line.startsWith("Private_Hugetlb"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).sum());
                """.formatted(rival);

        assertThat(run(probe, Rival.environmentForAll())).isEqualTo("0");
        assertThat(run(probe, Rival.environmentForAllOnHugePages())).isNotEqualTo("0");
    }

    /** What a few statements print. */
    private String run(String statements, Map<String, String> environment) throws IOException, InterruptedException {
        Path program = Files.writeString(directory.resolve("Probe.java"), """
                import dev.ashlar.bench.rivals.*;
                import java.lang.foreign.ValueLayout;
                import java.nio.file.*;
                void main() throws Exception {
                """ + statements + "}\n");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("jdk.module.path"),
                program.toString());
        java.environment().keySet().removeAll(Rival.environmentForAllOnHugePages().keySet());
        java.environment().putAll(environment);
        Process process = java.redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
