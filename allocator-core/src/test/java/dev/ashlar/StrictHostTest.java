package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.host.CLibrary;
import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: paths that do not need a forbidden operation work. Method: a child JVM runs under the restriction. */
class StrictHostTest {
    /** A PID namespace has a setting of its own, at least as strict as that outside. */
    private static final List<String> WITHOUT_EXECUTABLE_FILES = List.of(
            "unshare", "--pid", "--fork", "--mount-proc", "sh", "-c",
            "echo 2 > /proc/sys/vm/memfd_noexec && exec \"$@\"", "sh");

    /** The code cache must have all its memory beforehand, because a refused growth would end the JVM. */
    private static final String[] FIXED_CODE_CACHE = {
        "-XX:ReservedCodeCacheSize=32m", "-XX:InitialCodeCacheSize=32m", "-XX:-SegmentedCodeCache"
    };

    @Test
    void ifNothingMayBecomeExecutableOnlyInPlaceIsRefused() {
        List<String> lines = run(ChildJvm.ofModule(StrictHostChild.class).flags(FIXED_CODE_CACHE), "mdwe");
        assumeTrue(lines.getFirst().equals("prctl: done"), "needs prctl(PR_SET_MDWE), Linux 6.3: " + lines.getFirst());
        assertThat(lines.subList(1, lines.size())).containsExactlyElementsOf(expected(true));
    }

    /** As systemd does for MemoryDenyWriteExecute=yes: between fork and exec. */
    @Test
    void ifNothingMayBecomeExecutableFromTheStartNoFlagStartsTheJvm(@TempDir Path folder) throws Exception {
        Path library = CLibrary.compile(folder, "libmdwe", List.of("""
                #include <sys/prctl.h>

                __attribute__((constructor)) static void deny(void) {
                    prctl(65, 1, 0, 0, 0);
                }
                """));
        ChildJvm child = ChildJvm.ofModule(StrictHostChild.class)
                .flags(FIXED_CODE_CACHE)
                .flags("-Xint")
                .through(List.of("env", "LD_PRELOAD=" + library, "sh", "-c", "unset LD_PRELOAD; exec \"$@\"", "sh"));
        ChildJvm.Outcome outcome = child.nativeAccess().run("none");
        assumeTrue(outcome.exitCode() != 0, "needs prctl(PR_SET_MDWE), Linux 6.3");
        assertThat(outcome.output()).contains("Failed to mark memory page as executable");
        assertThat(outcome.exitCode()).isEqualTo(1);
    }

    @Test
    void ifNoMemoryFileMayBeExecutedAliasWorks() throws Exception {
        requireNamespaces();
        List<String> lines = run(
                ChildJvm.ofModule(StrictHostChild.class).through(WITHOUT_EXECUTABLE_FILES), "memfd_noexec");
        assertThat(lines.getFirst()).isEqualTo("MFD_EXEC: EACCES");
        assertThat(lines.subList(1, lines.size())).containsExactlyElementsOf(expected(false));
    }

    private static List<String> run(ChildJvm child, String what) {
        // A child that is free to choose may take a page of the pool. It needs transparent huge pages.
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0)) {
            ChildJvm.Outcome outcome = child.nativeAccess().run(what);
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            return outcome.output().lines().toList();
        }
    }

    private static List<String> expected(boolean inPlaceIsRefused) {
        List<String> lines = new ArrayList<>();
        for (MemoryDemand memory : new MemoryDemand[] {MemoryDemand.THP, MemoryDemand.SMALL}) {
            lines.add("alias " + memory + ": alias, 42, as set true");
            lines.add("poke " + memory + ": poke, 42, as set true");
            lines.add(
                    "in-place " + memory + ": "
                            + (inPlaceIsRefused
                                    ? "no memory for a heap: asked=" + memory + ". in-place: mprotect(read+execute)"
                                            + " failed: EACCES (13). The write path IN_PLACE needs memory that may be"
                                            + " written first and executed later: no prctl(PR_SET_MDWE), no SELinux"
                                            + " rule against execmem, no such seccomp filter."
                                    : "in-place, 42, as set true"));
            lines.add("sealed " + memory + ": alias, 42, as set true");
            lines.add("pinned " + memory + ": " + (hasMseal() ? "alias, 42, as set true" : "no memory for a heap"));
        }
        lines.add("auto: alias, 42, as set true");
        return lines;
    }

    private static boolean hasMseal() {
        return Libc.system().mseal(0, 0) != -Errno.ENOSYS;
    }

    private static void requireNamespaces() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(WITHOUT_EXECUTABLE_FILES);
        command.add("true");
        Process trial;
        try {
            trial = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            assumeTrue(false, "needs unshare(1): " + absent.getMessage());
            throw absent;
        }
        assertThat(trial.waitFor(20, TimeUnit.SECONDS)).isTrue();
        String output = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(trial.exitValue() == 0, "needs root and vm.memfd_noexec, Linux 6.3: " + output);
    }
}
