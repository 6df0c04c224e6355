package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HardenedCell;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: a client that makes its pages writable and executable without the heap's knowledge is found on an ordinary heap
 * and stopped on a pinned one. Method: libtcc, which does so and ends the process on an error, and a stand-in that
 * returns.
 */
class HostileClientTest {
    private static final int ENDED_BY_TCC = 1;

    @ParameterizedTest
    @CsvSource({"ALIAS, THP", "ALIAS, SMALL", "IN_PLACE, THP", "IN_PLACE, SMALL"})
    void theAuditOfAnOrdinaryHeapNamesThePages(WritePath path, MemoryDemand memory, @TempDir Path folder)
            throws Exception {
        Path library = HostileLibrary.tcc(folder);
        try (HugePages _ = HugePages.need(memory, 2)) {
            ChildJvm.Outcome outcome = run(library, memory, Hardening.NONE, path);
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            List<String> lines = outcome.output().lines().toList();
            assertThat(lines).hasSize(5);
            assertThat(lines.getFirst()).isEqualTo("before: clean true");
            String pages = lines.get(1).replace("given: ", "");
            assertThat(lines.subList(2, 4)).containsExactly("call: 42", "clean: false");
            assertThat(lines.getLast()).startsWith("named: " + pages + "-").contains(" rwx");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.ashlar.host.HardenedCell#pinned")
    void theKernelRefusesOnAPinnedHeapAndTccEndsItsProcess(HardenedCell cell, @TempDir Path folder) throws Exception {
        Path library = HostileLibrary.tcc(folder);
        try (HugePages _ = cell.need(2)) {
            ChildJvm.Outcome outcome = run(library, cell.memory(), cell.level(), WritePath.ALIAS);
            assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(ENDED_BY_TCC);
            assertThat(outcome.output())
                    .startsWith("before: clean true\ngiven: ")
                    .endsWith("\nrefused: clean true, named 0\n");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.ashlar.host.HardenedCell#pinned")
    void aPinnedHeapStillWorksIfTheClientReturns(HardenedCell cell, @TempDir Path folder) throws Exception {
        Path library = HostileLibrary.standIn(folder);
        try (HugePages _ = cell.need(2)) {
            ChildJvm.Outcome outcome = run(library, cell.memory(), cell.level(), WritePath.ALIAS);
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            assertThat(outcome.output().lines().skip(2))
                    .containsExactly(
                            "refused: clean true, named 0", "published: 42", "another: 7", "freed: clean true");
        }
    }

    private static ChildJvm.Outcome run(Path library, MemoryDemand memory, Hardening level, WritePath path) {
        return ChildJvm.ofModule(HostileChild.class)
                .nativeAccess()
                .run(library.toString(), memory.name(), level.name(), path.name());
    }
}
