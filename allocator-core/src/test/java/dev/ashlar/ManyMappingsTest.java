package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.ChildJvm;
import org.junit.jupiter.api.Test;

/**
 * Goal: in a process with 60,000 other mappings the audit needs little time, and it and the search near an address need
 * little memory. Method: a child JVM with a small Java heap makes the mappings first.
 */
class ManyMappingsTest {
    @Test
    void anAuditAndAPlaceNearAnAddressAmongManyMappingsAreQuick() {
        ChildJvm.Outcome outcome = ChildJvm.ofModule(HeapChild.class)
                .nativeAccess()
                .flags("-Xmx32m")
                .run("audit among many mappings");
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("clean = true", "near = true");
        // The share of a second that the kernel's whole list would take is far above this, on any machine.
        assertThat(millis(outcome, "audit")).as(outcome.output()).isLessThan(200);
        assertThat(millis(outcome, "near")).as(outcome.output()).isLessThan(200);
    }

    private static long millis(ChildJvm.Outcome outcome, String what) {
        return outcome.output().lines()
                .filter(line -> line.startsWith(what + " millis = "))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 2)))
                .findFirst()
                .orElseThrow();
    }
}
