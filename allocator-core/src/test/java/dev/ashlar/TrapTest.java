package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.MemoryDemand;
import org.junit.jupiter.api.Test;

/** Goal: a thread that runs memory without code traps at once. Method: a child JVM does so and dies of the trap. */
class TrapTest {
    private static final int SIGTRAP = ChildJvm.SIGNALLED + 5;
    private static final int SIGABRT = ChildJvm.SIGNALLED + 6;

    @Test
    void aHandleToAFreedBlockTraps() {
        ChildJvm.Outcome outcome = run("call freed");
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(SIGTRAP);
        assertThat(outcome.output()).isEqualTo("call = 42\n");
    }

    @Test
    void theEndCutOffByAShrinkTraps() {
        ChildJvm.Outcome outcome = run("call shrunk");
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(SIGTRAP);
        assertThat(outcome.output()).isEqualTo("call returned\n");
    }

    @Test
    void aBlockThatWasNeverWrittenTraps() {
        ChildJvm.Outcome outcome = run("call unwritten");
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(SIGTRAP);
    }

    /** The JVM ends itself on a SIGSEGV outside Java code. */
    @Test
    void aReleasedRegionFaults() {
        ChildJvm.Outcome outcome = run("call released");
        assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(SIGABRT);
        assertThat(outcome.output()).startsWith("released = 2097152\n").doesNotContain("call");
    }

    private static ChildJvm.Outcome run(String action) {
        // The heap of a child may take a page of the pool.
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0)) {
            return ChildJvm.ofModule(HeapChild.class).nativeAccess().run(action);
        }
    }
}
