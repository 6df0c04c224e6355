package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.MemoryDemand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: a shortage neither ends the process nor changes the write path. Method: a child JVM has real limits. */
class ShortHostTest {
    private static final long LIMIT = 192L << 20;
    private static final String GROUP_NAME = "ashlar-test-" + ProcessHandle.current().pid();

    @Test
    void aLimitOfFileSizeLeavesTheWritePathAndHugePages() {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0)) {
            // 4 MiB in units of 512 bytes: two of the four regions.
            ChildJvm.Outcome outcome =
                    ChildJvm.ofModule(ShortHostChild.class).nativeAccess().limit("-f 8192").run("run");
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            assertThat(outcome.output().lines()).hasSize(4).containsOnly("alias [shmem-thp] 42");
        }
    }

    @Test
    void aWritePathThatIsForbiddenIsLoggedOnceWithItsCost() {
        ChildJvm.Outcome outcome = ChildJvm.ofModule(ShortHostChild.class).nativeAccess().run("forbidden");
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output().lines().filter(line -> line.equals("poke [small] 42"))).hasSize(8);
        assertThat(outcome.output().lines().filter(line -> line.contains("uses write path poke"))).singleElement()
                .asString().contains("the host forbids alias", "EPERM (1)", "The cost:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fill code", "fill data"})
    void aLimitOfMemoryIsATypedErrorAndNotTheEnd(String use) throws IOException {
        Path group = makeGroup();
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0)) {
            ChildJvm.Outcome outcome = ChildJvm.ofModule(ShortHostChild.class)
                    .nativeAccess()
                    .through(inside(group))
                    .run(use);
            assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(ShortHostChild.REFUSED);
            assertThat(outcome.output())
                    .startsWith("HeapExhaustedException: ")
                    .contains(group.toString(), "may use " + LIMIT + " bytes");
        } finally {
            Files.delete(group);
        }
    }

    @Test
    void aGroupsLimitOfHugePagesIsNamedAndNotThePool() throws IOException {
        try (HugePages _ = HugePages.need(MemoryDemand.HUGETLB, 8)) {
            ChildJvm.Outcome outcome = underLimitOfHugePages("run pool");
            assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(ShortHostChild.REFUSED);
            assertThat(outcome.output().lines()).hasSize(3).last().asString()
                    .startsWith("HeapExhaustedException: ")
                    .contains("ENOSPC (28)", GROUP_NAME + " may use 4194304 bytes of huge pages", "hugetlb.2MB.max")
                    .doesNotContain("Enlarge the pool");
        }
    }

    @Test
    void behindAGroupsLimitOfHugePagesTheNextRungServes() throws IOException {
        HugePages.need(MemoryDemand.THP, 0).close();
        try (HugePages _ = HugePages.need(MemoryDemand.HUGETLB, 8)) {
            ChildJvm.Outcome outcome = underLimitOfHugePages("run auto");
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            assertThat(outcome.output().lines()).hasSize(4).last().isEqualTo("alias [hugetlb, shmem-thp] 42");
        }
    }

    /** Runs a child in a new group of version 2 that may use two huge pages. */
    private static ChildJvm.Outcome underLimitOfHugePages(String use) throws IOException {
        Path parent = Stream.of("/sys/fs/cgroup/unified", "/sys/fs/cgroup")
                .map(Path::of)
                .filter(ShortHostTest::limitsHugePages)
                .findFirst()
                .orElse(null);
        assumeTrue(parent != null, "needs a root control group of version 2 that this process may change");
        Path group = Files.createDirectory(parent.resolve(GROUP_NAME));
        try {
            Files.writeString(group.resolve("hugetlb.2MB.max"), "4194304");
            return ChildJvm.ofModule(ShortHostChild.class).nativeAccess().through(inside(group)).run(use);
        } finally {
            Files.delete(group);
        }
    }

    private static boolean limitsHugePages(Path folder) {
        try {
            Files.writeString(folder.resolve("cgroup.subtree_control"), "+hugetlb");
            return true;
        } catch (IOException noSuchController) {
            return false;
        }
    }

    private static List<String> inside(Path group) {
        return List.of("sh", "-c", "echo $$ > " + group + "/cgroup.procs && exec \"$@\"", "sh");
    }

    /** {@return a new memory group of version 1 below this process's own} */
    private static Path makeGroup() throws IOException {
        String own = Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                .filter(line -> line.contains(":memory:"))
                .map(line -> line.substring(line.indexOf(":memory:") + ":memory:".length()))
                .findFirst()
                .orElse("");
        Path parent = Path.of("/sys/fs/cgroup/memory" + own);
        assumeTrue(Files.isWritable(parent), "needs root and memory groups of version 1");
        Path group = parent.resolve(GROUP_NAME);
        try {
            Files.createDirectory(group);
            Files.writeString(group.resolve("memory.limit_in_bytes"), String.valueOf(LIMIT));
        } catch (IOException refused) {
            Files.deleteIfExists(group);
            assumeTrue(false, "needs the right to make memory groups: " + refused);
        }
        return group;
    }
}
