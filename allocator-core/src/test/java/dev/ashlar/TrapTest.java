package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.MemoryDemand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: a thread that runs memory without code traps at once, and leaves evidence. Method: a child JVM does so, dies of
 * the trap, and its hs_err file names the signal and the address.
 */
class TrapTest {
    private static final int SIGABRT = ChildJvm.SIGNALLED + 6;
    private static final Pattern PC = Pattern.compile("(?m)^#  SIGSEGV .* at pc=0x0*([0-9a-f]+),");
    private static final Pattern ADDRESS = Pattern.compile("(?m)^address = 0x([0-9a-f]+)$");

    @TempDir
    private Path folder;

    @Test
    void aHandleToAFreedBlockTraps() throws IOException {
        ChildJvm.Outcome outcome = run("call freed");
        requireTrap(outcome);
        assertThat(outcome.output()).containsOnlyOnce("call = 42\n");
    }

    @Test
    void theEndCutOffByAShrinkTraps() throws IOException {
        ChildJvm.Outcome outcome = run("call shrunk");
        requireTrap(outcome);
        assertThat(outcome.output()).containsOnlyOnce("call returned\n");
    }

    @Test
    void aBlockThatWasNeverWrittenTraps() throws IOException {
        requireTrap(run("call unwritten"));
    }

    @Test
    void aStaleCallThroughAFreedTrampolineTraps() throws IOException {
        ChildJvm.Outcome outcome = run("call through freed");
        requireTrap(outcome);
        assertThat(outcome.output()).containsOnlyOnce("call = 42\n");
    }

    @ParameterizedTest
    @CsvSource({
        "ALIAS, freed, 1, 0",
        "ALIAS, freed, 100, 51",
        "ALIAS, freed, 5001, 5000",
        "ALIAS, freed, 3000000, 2500001",
        "ALIAS, unwritten, 777, 333",
        "POKE, freed, 100, 51",
        "POKE, freed, 5001, 5000",
        "POKE, unwritten, 777, 333",
        "IN_PLACE, unwritten, 5001, 4097"
    })
    void aJumpToAnyByteTrapsThere(String path, String state, String byteSize, String offset) throws IOException {
        ChildJvm.Outcome outcome = run("call at", path, state, byteSize, offset);
        String evidence = requireTrap(outcome);
        Matcher address = ADDRESS.matcher(outcome.output());
        Matcher pc = PC.matcher(evidence);
        assertThat(address.find() && pc.find()).as(outcome.output()).isTrue();
        // Not one byte further: what was entered is the trap.
        assertThat(pc.group(1)).isEqualTo(address.group(1));
    }

    /** The JVM ends itself on a SIGSEGV outside Java code. */
    @Test
    void aReleasedRegionFaults() throws IOException {
        ChildJvm.Outcome outcome = run("call released");
        requireTrap(outcome);
        assertThat(outcome.output()).startsWith("released = 2097152\n").doesNotContain("call =");
    }

    /** {@return the hs_err file of a child that died of a SIGSEGV} */
    private String requireTrap(ChildJvm.Outcome outcome) throws IOException {
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(SIGABRT);
        assertThat(evidence()).as(outcome.output()).exists();
        String evidence = Files.readString(evidence());
        assertThat(evidence).containsPattern(PC).contains("siginfo: si_signo: 11 (SIGSEGV)");
        assertThat(evidence.toLowerCase(Locale.ROOT)).doesNotContain("sigtrap (0x5) at pc");
        return evidence;
    }

    private Path evidence() {
        return folder.resolve("hs_err.log");
    }

    private ChildJvm.Outcome run(String... arguments) {
        // The heap of a child may take a page of the pool.
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0)) {
            return ChildJvm.ofModule(HeapChild.class)
                    .nativeAccess()
                    .flags("-XX:-SuppressFatalErrorMessage", "-XX:ErrorFile=" + evidence())
                    .run(arguments);
        }
    }
}
