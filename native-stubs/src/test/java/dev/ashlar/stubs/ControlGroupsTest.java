package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The groups of a process and their limits are found in both versions, with and without a mounted root. */
final class ControlGroupsTest {

    private static final String HYBRID_MOUNTS = """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
            """;

    private static final long MIB = 1 << 20;

    @TempDir
    private Path root;

    private Path leaf;

    @BeforeEach
    void makeGroups() throws IOException {
        leaf = Files.createDirectories(root.resolve("above/leaf"));
    }

    private ControlGroups groups(int version) {
        return new ControlGroups(version, List.of(leaf, leaf.getParent(), root));
    }

    private static void write(Path folder, String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text + "\n");
    }

    @Test
    void aControllerOfTheFirstVersionComesBeforeTheUnifiedHierarchy() {
        String membership = "4:memory:/a/b\n3:cpuset:/\n0::/c\n";
        assertThat(ControlGroups.parse(membership, HYBRID_MOUNTS, "memory")).isEqualTo(new ControlGroups(1, List.of(
                Path.of("/sys/fs/cgroup/memory/a/b"), Path.of("/sys/fs/cgroup/memory/a"),
                Path.of("/sys/fs/cgroup/memory"))));
        assertThat(ControlGroups.parse(membership, HYBRID_MOUNTS, "hugetlb")).isEqualTo(new ControlGroups(2, List.of(
                Path.of("/sys/fs/cgroup/unified/c"), Path.of("/sys/fs/cgroup/unified"))));
    }

    @Test
    void aContainerSeesItsPartOfTheHierarchy() {
        String mounts = "35 31 0:32 /docker/x /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
        assertThat(ControlGroups.parse("4:memory:/docker/x/y\n", mounts, "memory").folders()).containsExactly(
                Path.of("/sys/fs/cgroup/memory/y"), Path.of("/sys/fs/cgroup/memory"));
        assertThat(ControlGroups.parse("4:memory:/elsewhere\n", mounts, "memory").folders())
                .containsExactly(Path.of("/sys/fs/cgroup/memory"));
        assertThat(ControlGroups.parse("", "", "memory").folders()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeNamedCountsAsNotMounted() {
        String mounts = "35 31 0:32 / /sys/fs/\0 ro - cgroup cgroup rw,memory\n";
        assertThat(ControlGroups.parse("4:memory:/a\n", mounts, "memory").folders()).isEmpty();
    }

    @Test
    void filesWithoutANumberCountAsNoLimit() throws IOException {
        write(leaf, "memory.max", "text");
        write(leaf.getParent(), "memory.max", "1");
        write(leaf.getParent(), "memory.current", "1 2");
        write(root, "memory.max", "1");
        write(root, "memory.current", "1");
        write(root, "memory.stat", "inactive_file text\nactive_file ");
        assertThat(new MemoryGroups(groups(2)).withoutRoomFor(MIB + swap()))
                .hasValueSatisfying(full -> assertThat(full.folder()).isEqualTo(root));
    }

    @Test
    void theInnermostGroupWithoutRoomIsFound() throws IOException {
        write(leaf, "memory.max", "max");
        write(leaf, "memory.current", "" + 90 * MIB);
        write(leaf.getParent(), "memory.max", "" + 100 * MIB);
        write(leaf.getParent(), "memory.current", "" + 96 * MIB);
        write(leaf.getParent(), "memory.stat", "anon 1\ninactive_file " + 2 * MIB + "\nactive_file 0");
        MemoryGroups memory = new MemoryGroups(groups(2));
        assertThat(memory.withoutRoomFor(4 * MIB)).isEmpty();
        assertThat(memory.withoutRoomFor(6 * MIB + swap())).isEmpty();
        assertThat(memory.withoutRoomFor(7 * MIB + swap())).hasValueSatisfying(full -> {
            assertThat(full.folder()).isEqualTo(leaf.getParent());
            assertThat(full.limitFile()).isEqualTo("memory.max");
            assertThat(full.limitByteSize()).isEqualTo(100 * MIB);
            assertThat(full.usageByteSize()).isEqualTo(96 * MIB);
            assertThat(full.reclaimableByteSize()).isEqualTo(2 * MIB + swap());
        });
    }

    @Test
    void theFirstVersionHasOtherFiles() throws IOException {
        write(leaf, "memory.limit_in_bytes", "" + 100 * MIB);
        write(leaf, "memory.usage_in_bytes", "" + 100 * MIB);
        write(leaf, "memory.stat", "inactive_file 0\ntotal_inactive_file " + 3 * MIB + "\ntotal_active_file " + MIB);
        write(root, "memory.limit_in_bytes", "9223372036854771712");
        write(root, "memory.usage_in_bytes", "9223372036854771712");
        MemoryGroups memory = new MemoryGroups(groups(1));
        assertThat(memory.withoutRoomFor(4 * MIB + swap())).isEmpty();
        assertThat(memory.withoutRoomFor(5 * MIB + swap())).isPresent();
    }

    private static long swap() {
        return MemInfo.read().value("SwapFree").orElse(0);
    }

    @Test
    void aGroupWithoutRoomForAHugePageIsFound() throws IOException {
        write(leaf, "hugetlb.2MB.max", "" + 4 * MIB);
        write(leaf, "hugetlb.2MB.current", "" + 2 * MIB);
        assertThat(HugetlbGroup.exhausted(groups(2))).isEmpty();
        write(leaf, "hugetlb.2MB.current", "" + 4 * MIB);
        assertThat(HugetlbGroup.exhausted(groups(2))).hasValueSatisfying(
                group -> assertThat(group.path()).isEqualTo(leaf));
        assertThat(HugetlbGroup.exhausted(groups(1))).isEmpty();
    }

    @Test
    void filesUnderProcSysAreReadInFull() {
        MappingLimit limit = MappingLimit.read();
        assertThat(limit.count()).isGreaterThan(50);
        assertThat(limit.max()).isGreaterThan(limit.count());
        assertThat(limit.isNear()).isFalse();
    }
}
