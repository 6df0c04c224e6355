package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.stubs.Platform;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a host that runs out of something refuses by a typed error or serves by a lower rung, breaks nothing, and
 * serves everything when there is room again. Method: a child JVM takes on real limits while it holds heaps on every
 * path.
 */
class ExhaustedHostTest {
    /** The code cache has all its memory beforehand: a refused growth ends a JVM. */
    private static final String[] FIXED_JVM = {
        "-XX:ReservedCodeCacheSize=32m", "-XX:InitialCodeCacheSize=32m", "-XX:-SegmentedCodeCache", "-Xms64m",
        "-XX:+AlwaysPreTouch", "-XX:CICompilerCount=1", "-XX:-UseDynamicNumberOfCompilerThreads"
    };

    @ParameterizedTest
    @ValueSource(strings = {
        "address space", "descriptors", "file size", "no huge pages",
        "address space; descriptors", "descriptors; file size", "descriptors; no huge pages",
        "file size; no huge pages; address space"})
    void whatRunsShortIsServedAgainWhenThereIsRoom(String limits) {
        List<String> lines = live(limits);
        assertThat(lines).filteredOn(line -> line.contains(" afterwards: "))
                .hasSize(5)
                .allMatch(line -> line.endsWith(": all"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "memfd_create=EPERM", "memfd_create=ENOSYS", "memfd_create=EMFILE", "mmap executable=EPERM",
        "mmap executable=EACCES", "mprotect executable=EACCES", "pwrite=EPERM", "pwrite=EIO",
        "memfd_create=EPERM; pwrite=EPERM", "memfd_create=EPERM; no huge pages",
        "memfd_create=EPERM; mmap executable=EPERM; mprotect executable=EPERM",
        "mmap executable=EPERM; mprotect executable=EPERM; pwrite=EPERM; descriptors"})
    void whatAFilterForbidsIsRefusedOrNotNeeded(String limits) {
        assertThat(live(limits)).anyMatch(line -> line.startsWith("data afterwards: all"));
    }

    private static List<String> live(String limits) {
        assumeTrue(
                Platform.current().architecture().equals(Optional.of(Platform.Architecture.X86_64)),
                "the numbers of the system calls are those of x86-64");
        ChildJvm child = ChildJvm.ofModule(ExhaustedHostChild.class).withTestLibraries().nativeAccess();
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0)) {
            ChildJvm.Outcome outcome = child.flags(FIXED_JVM).run(limits.split("; ", -1));
            List<String> lines = outcome.output().lines().toList();
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            assertThat(lines).as(outcome.output()).last().isEqualTo("end");
            assertThat(lines).noneMatch(line -> line.startsWith("FAULT"));
            return lines;
        }
    }
}
