package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** If the host refuses the barrier, nothing is patched, the error says why, and everything else still works. */
class PatchRefusalTest {
    private final FaultyCalls calls = new FaultyCalls(Libc.system());
    private final CodeHeap heap =
            CodeHeap.builder().memory(MemoryDemand.SMALL).systemCalls(calls).build();
    private final CodeBlock block = PatchableCode.publish(heap, PatchableCode.constant(3), 64);

    @AfterEach
    void theHeapStillWorks() {
        calls.heal();
        block.patch(4, 42, 4);
        assertThat(NativeCode.call(block.address())).isEqualTo(42);
        block.free();
        heap.close();
    }

    private UnsupportedHostException refused() {
        byte[] before = block.executable().toArray(ValueLayout.JAVA_BYTE);
        UnsupportedHostException refused =
                catchThrowableOfType(UnsupportedHostException.class, () -> block.patch(4, 7, 4));
        assertThat(refused).isNotNull();
        assertThat(block.executable().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
        assertThat(block.isPublished()).isTrue();
        return refused;
    }

    @Test
    void aHeapThatPatchesNothingNeverCallsMembarrier() {
        heap.define(NativeCode.returning(1)).free();
        assertThat(calls.count("membarrier")).isZero();
    }

    @Test
    void theProcessIsRegisteredOnceAndEachPatchMakesOneBarrier() {
        block.patch(4, 1, 4);
        int first = calls.count("membarrier");
        for (int value = 2; value <= 11; value++) {
            block.patch(4, value, 4);
        }
        assertThat(calls.count("membarrier") - first).isEqualTo(10);
        assertThat(calls.calls("membarrier"))
                .filteredOn(call -> call.argument(0) == Linux.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE)
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOSYS, Errno.EPERM, Errno.EINVAL})
    void aHostWithoutTheBarrierRefusesAndChangesNothing(int errno) {
        calls.failAll("membarrier", errno);
        assertThat(refused())
                .hasMessageStartingWith("patch failed, the code is unchanged. patch:"
                        + " membarrier(REGISTER_PRIVATE_EXPEDITED_SYNC_CORE) failed: " + Errno.describe(-errno) + ". ")
                .hasMessageEndingWith(" Trampolines do without it: retargeting one changes data and no code.");
        assertThat(NativeCode.call(block.address())).isZero();
    }

    @Test
    void aFilterThatAllowsOnlyRegistrationIsFoundBeforeAnythingChanges() {
        calls.failWhen(
                call -> call.method().equals("membarrier")
                        && call.argument(0) == Linux.MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE,
                Errno.EPERM);
        assertThat(refused()).hasMessageContaining("membarrier(PRIVATE_EXPEDITED_SYNC_CORE) failed: EPERM (1)");
    }

    /** A filter is installed after the first patch: the store happens, the barrier does not. */
    @Test
    void aPatchThatCannotBeCompletedIsUndone() {
        block.patch(4, 5, 4);
        calls.failNth("membarrier", 1, Errno.EPERM);
        refused();
        assertThat(NativeCode.call(block.address())).isEqualTo(5);
        assertThat(calls.calls()).filteredOn(FaultyCalls.Call::injected).hasSize(1);
    }

    @Test
    void trampolinesNeedNoBarrier() {
        calls.failAll("membarrier", Errno.ENOSYS);
        try (TrampolinePool pool = heap.openTrampolines(1)) {
            Trampoline trampoline = pool.take(heap.define(NativeCode.returning(1)).address());
            trampoline.retarget(heap.define(NativeCode.returning(2)).address());
            assertThat(NativeCode.call(trampoline.address())).isEqualTo(2);
        }
    }
}
