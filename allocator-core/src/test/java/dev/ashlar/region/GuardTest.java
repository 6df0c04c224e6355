package dev.ashlar.region;

import static dev.ashlar.TestHeaps.zones;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeHeap;
import dev.ashlar.HeapChild;
import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.host.Touch;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Guards around a heap's memory belong to the heap and fault; their addresses cannot be guessed. */
class GuardTest {
    private static final long REGION = 2 << 20;

    @OnEveryRung
    void anAccessBeyondAViewFaultsAndNoOtherMappingCanLieThere(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 6);
                Touch touch = new Touch();
                CodeHeap heap = CodeHeap.builder()
                        .memory(memory)
                        .capacity(2 * REGION)
                        .constantCapacity(2 * REGION)
                        .dataCapacity(2 * REGION)
                        .build()) {
            heap.allocateUnit(new UnitSizes(2 * REGION, 2 * REGION, 2 * REGION));
            List<AddressRange> reserved = zones(heap).span().ranges();
            List<View> views = zones(heap).spaces().stream()
                    .flatMap(space -> space.zone().views().stream())
                    .toList();
            assertThat(views).hasSize(5);
            for (View view : views) {
                AddressRange range = view.range();
                assertThat(touch.canRead(range.start())).isTrue();
                assertThat(touch.canRead(range.end() - 1)).isTrue();
                for (AddressRange guard : List.of(
                        new AddressRange(range.start() - REGION, range.start()),
                        new AddressRange(range.end(), range.end() + REGION))) {
                    assertThat(reserved).anyMatch(whole -> whole.contains(guard));
                    assertThat(touch.canRead(guard.start())).isFalse();
                    assertThat(touch.canRead(guard.end() - 1)).isFalse();
                    assertThat(mapUnlessTaken(guard)).isEqualTo(-Errno.EEXIST);
                }
            }
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    private static long mapUnlessTaken(AddressRange range) {
        int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_FIXED_NOREPLACE;
        return Libc.system().mmap(range.start(), range.byteSize(), Linux.PROT_READ, flags, -1, 0);
    }

    @Test
    void memoryForcedIntoAGuardIsNamed() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            long guard = heap.report().address() - 4096;
            int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_FIXED;
            assertThat(Libc.system().mmap(guard, 4096, Linux.PROT_READ, flags, -1, 0))
                    .isEqualTo(guard);
            assertThat(heap.audit().isClean()).isFalse();
            assertThat(heap.audit().misplaced())
                    .singleElement()
                    .asString()
                    .startsWith("guard: expected ---p, found " + Long.toHexString(guard) + "-")
                    .contains(" r--p ");
        }
    }

    /** Five starts; {@code -Dashlar.starts=100} sets the number. PlacementTest has a hundred draws. */
    @Test
    void theDistanceBetweenTheViewsDiffersFromProcessToProcess() {
        int startCount = Integer.getInteger("ashlar.starts", 5);
        Set<String> distances = new HashSet<>();
        for (int start = 0; start < startCount; start++) {
            ChildJvm.Outcome outcome =
                    ChildJvm.ofModule(HeapChild.class).nativeAccess().run("distance");
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            distances.add(outcome.output());
        }
        assertThat(distances).hasSize(startCount);
    }
}
