package dev.ashlar.field;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: programs that once hung, crashed or lost memory by correct calls alone end well. Method: each runs in a JVM of
 * its own.
 */
class FieldCasesTest {

    @Test
    void aThreadThatOverflowsInArenasLeavesNoLockAndNoArena() {
        assertThat(run(child(OverflowInArenas.class)))
                .containsExactly("overflows = true, closed");
    }

    @ParameterizedTest
    @CsvSource({"ALIAS, 1", "POKE, 1", "IN_PLACE, 1", "ALIAS, 4"})
    void aThreadThatOverflowsInCallsLeavesTheHeapAsItWas(WritePath path, int compilerLevel) {
        ChildJvm child = child(OverflowInCalls.class).flags("-XX:TieredStopAtLevel=" + compilerLevel);
        assertThat(run(child, path.name(), "100")).singleElement().isIn(
                "overflows = true, freed before = true, lost = 0, as set = true, closed",
                "overflows = true, damaged, closed");
    }

    @Test
    void oneOverflowAtAnyDepthLosesNothing() {
        assertThat(run(child(OverflowInOneCall.class), "40")).isNotEmpty()
                .allMatch(line -> line.endsWith(": 0 blocks lost, closed") || line.endsWith(": damaged, closed"));
    }

    @Test
    void arenasThatTheFullJavaHeapRefusedAreNotOpen() {
        assertThat(run(child(FullJavaHeapInArenas.class).flags("-Xmx8m"), "70"))
                .containsExactly("refused = true, live = 0", "closed");
    }

    @ParameterizedTest
    @CsvSource({
        "open confined arena, 144, 176", "close arena, 0, 32", "close data, 288, 320", "close alias, 400, 432",
        "allocate small, 480, 512", "allocate recorded, 0, 96", "shrink recorded, 0, 96", "commit huge, 2400, 2432",
        "trim huge, 32, 64", "release huge, 0, 32", "release alias, 0, 32",
        "relocate alias, 3200, 3216", "relocate poke, 3200, 3216"})
    void aCallThatTheFullJavaHeapCutsShortLosesNothing(String call, String from, String to) {
        assertThat(run(child(FullJavaHeapInCalls.class).flags("-Xmx12m", "-XX:-UseTLAB"), call, from, to))
                .singleElement().asString().startsWith("done, ran out of memory = ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "secret"})
    void anArenaOfAnEndedThreadDoesNotKeepTheHeapOpen(String kind) {
        assertThat(run(child(EndedThreads.class), kind)).hasSize(1).allMatch(line -> line.startsWith("closed"));
    }

    @ParameterizedTest
    @CsvSource({"POKE, publish", "IN_PLACE, publish", "ALIAS, shrink", "POKE, shrink"})
    void virtualThreadsOnOneCarrierDoNotWaitForEachOtherForever(String path, String call) {
        assertThat(run(child(VirtualThreads.class).flags("-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1"), path, call, "3"))
                .containsExactly("rounds = true");
    }

    @ParameterizedTest
    @CsvSource({"data, 16384", "data, 64", "code, 16384", "code, 256"})
    void freesFromOtherThreadsAreNeitherRefusedNorLost(String kind, String byteSize) {
        assertThat(run(child(FreesFromAfar.class), kind, byteSize, "3"))
                .containsExactly("refused = 0, live = 0");
    }

    private static ChildJvm child(Class<?> main) {
        return ChildJvm.ofModule(main).withTestLibraries().nativeAccess();
    }

    private static List<String> run(ChildJvm child, String... arguments) {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0)) {
            ChildJvm.Outcome outcome = child.run(arguments);
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            return outcome.output().lines().toList();
        }
    }
}
