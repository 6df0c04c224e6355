package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BackingUnavailableException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** If a host, JVM or process cannot run a heap, the error is one clear sentence, and everything else still works. */
class HostRefusalTest {
    private static final String DENY = "--illegal-native-access=deny";

    @Test
    void deniedNativeAccessOfTheModuleNamesTheFlag() {
        ChildJvm.Outcome outcome = ChildJvm.ofModule(HeapChild.class).flags(DENY).run("build", "1");
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(HeapChild.REFUSED);
        assertThat(outcome.output())
                .startsWith("UnsupportedHostException: ")
                .contains("--enable-native-access=dev.ashlar");
    }

    @Test
    void accessOfOneOfTheTwoModulesIsRefusedAndTheOtherIsNamed() {
        ChildJvm.Outcome outcome = ChildJvm.ofModule(HeapChild.class)
                .flags(DENY, "--enable-native-access=dev.ashlar")
                .run("build", "1");
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(HeapChild.REFUSED);
        assertThat(outcome.output())
                .startsWith("UnsupportedHostException: ")
                .contains("--enable-native-access=dev.ashlar.stubs");
    }

    @Test
    void deniedNativeAccessOnTheClassPathNamesTheFlagForIt() {
        ChildJvm.Outcome outcome =
                ChildJvm.onClassPath(HeapChild.class).flags(DENY).run("build", "1");
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(HeapChild.REFUSED);
        assertThat(outcome.output())
                .startsWith("UnsupportedHostException: ")
                .contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void grantedNativeAccessSufficesAndNothingIsPrinted() {
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0)) {
            ChildJvm.Outcome module = ChildJvm.ofModule(HeapChild.class)
                    .flags(DENY)
                    .nativeAccess()
                    .flags("--enable-native-access=ALL-UNNAMED")
                    .run("build", "1");
            assertThat(module).isEqualTo(new ChildJvm.Outcome("call = 42\n", 0));
            ChildJvm.Outcome classPath = ChildJvm.onClassPath(HeapChild.class)
                    .flags(DENY, "--enable-native-access=ALL-UNNAMED")
                    .run("build", "1");
            assertThat(classPath).isEqualTo(new ChildJvm.Outcome("call = 42\n", 0));
        }
    }

    /** 2 GiB: room for the JVM and for both views of the small heap. */
    @Test
    void aLimitOfAddressSpaceIsNamedAndASmallerHeapFits() {
        ChildJvm.Outcome refused = limited("-v 2097152").run("build", Long.toString(CodeHeap.LARGEST_CAPACITY));
        assertThat(refused.exitCode()).as(refused.output()).isEqualTo(HeapChild.REFUSED);
        assertThat(refused.output())
                .isEqualTo("BackingUnavailableException: no memory for a heap: asked=AUTO. reserve: mmap(PROT_NONE,"
                        + " 2151677952) failed: ENOMEM (12). Ask for a smaller capacity, or raise the limit of address"
                        + " space (ulimit -v) of this process.\n");
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0)) {
            assertThat(limited("-v 2097152").run("build", Long.toString(64 << 20)))
                    .isEqualTo(new ChildJvm.Outcome("call = 42\n", 0));
        }
    }

    @Test
    void ifFilesMustBeShorterThanTheHeapAPathWithoutFilesIsUsed() {
        assertThat(limited("-f 20480").run("build", Long.toString(64 << 20)))
                .isEqualTo(new ChildJvm.Outcome("call = 42\n", 0));
    }

    @Test
    void aProcessAtItsLimitOfMappingsLosesNoRegionAndContinues() throws IOException {
        long limit = maxMapCount();
        // The kernel's default, and at least the JVM's own mappings: half of a number would not do.
        assertThat(limit).isGreaterThan(1000);
        assumeTrue(limit <= 200_000, "needs a limit of mappings that is soon reached: vm.max_map_count=" + limit);
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0)) {
            ChildJvm.Outcome outcome = ChildJvm.ofModule(HeapChild.class)
                    .nativeAccess()
                    .flags("-Xint", "-XX:+AlwaysPreTouch", "-Xms64m")
                    .run("run out of mappings");
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            assertThat(outcome.output().lines())
                    .contains(
                            "failures = 1", "committed = 5", "call = 42", "clean = true", "trimmed = 1",
                            "clean afterwards = true")
                    .anyMatch(line -> line.startsWith("refusal = ") && line.contains("ENOMEM (12)"));
        }
    }

    /** In one read: a second read of a file under /proc/sys finds nothing, and Files.readString reads byte by byte. */
    private static long maxMapCount() throws IOException {
        try (InputStream file = new FileInputStream("/proc/sys/vm/max_map_count")) {
            return Long.parseLong(new String(file.readNBytes(100), StandardCharsets.US_ASCII).trim());
        }
    }

    private static ChildJvm limited(String limit) {
        return ChildJvm.ofModule(HeapChild.class)
                .nativeAccess()
                .flags("-XX:ReservedCodeCacheSize=16m", "-XX:CompressedClassSpaceSize=16m", "-Xshare:off")
                .limit(limit);
    }
}
