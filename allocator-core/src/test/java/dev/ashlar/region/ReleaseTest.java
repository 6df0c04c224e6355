package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.host.Residue;
import dev.ashlar.host.Touch;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Predicate;

/**
 * A region that the kernel refuses to release is unchanged. Memory never disappears while a view still reaches it.
 */
class ReleaseTest {
    private final FaultyCalls calls = new FaultyCalls(Libc.system());

    private interface Scenario {
        void run(Zone zone, ZoneRegions regions, Touch touch);
    }

    private void with(MemoryDemand memory, Scenario scenario) {
        try (HugePages _ = HugePages.need(memory, 3);
                Touch touch = new Touch()) {
            Residue before = Residue.now();
            Span.Part code = new Span.Part(Domain.CODE, WritePath.ALIAS, 4 * Region.BYTE_SIZE);
            Span span = ((Span.Reserved) Span.reserve(calls, List.of(code), Reach.ANYWHERE)).span();
            Zone zone = ((Span.Opened) span.open(Domain.CODE)).zone();
            ZoneRegions regions = new ZoneRegions(zone, memory.ladder(WritePath.ALIAS), calls, "release");
            for (int region = 0; region < 3; region++) {
                assertThat(regions.commit(region)).isTrue();
                zone.writable().set(ValueLayout.JAVA_INT, Region.offsetOf(region), region);
            }
            scenario.run(zone, regions, touch);
            span.close();
            regions.close();
            before.assertNothingLeft(calls);
        }
    }

    private static boolean isHole(FaultyCalls.Call call) {
        return call.method().equals("mmap") && call.argument(2) == Linux.PROT_NONE;
    }

    private static boolean isPunch(FaultyCalls.Call call) {
        return call.method().equals("fallocate") && call.argument(1) != 0;
    }

    @OnEveryRung
    void ifTheFirstHoleIsRefusedNothingChanges(MemoryDemand memory) {
        with(memory, (zone, regions, touch) -> {
            calls.forget();
            calls.failWhen(ReleaseTest::isHole, Errno.ENOMEM);
            assertThat(regions.release(1)).isFalse();

            assertThat(calls.calls()).hasSize(1);
            assertThat(regions.committedByteSize()).isEqualTo(3 * Region.BYTE_SIZE);
            assertThat(regions.backingOf(1)).isEqualTo(memory.ladder(WritePath.ALIAS).getFirst());
            assertThat(zone.front().segment().get(ValueLayout.JAVA_INT, Region.BYTE_SIZE)).isEqualTo(1);
        });
    }

    @OnEveryRung
    void ifALaterStepIsRefusedTheRegionIsPutBackAndIsFullOfTraps(MemoryDemand memory) {
        with(memory, (zone, regions, touch) -> {
            int[] holes = {0};
            List<Predicate<FaultyCalls.Call>> steps =
                    List.of(call -> isHole(call) && ++holes[0] == 2, ReleaseTest::isPunch);
            for (Predicate<FaultyCalls.Call> step : steps) {
                calls.failWhen(step, Errno.ENOMEM);
                assertThat(regions.release(1)).isFalse();
                calls.heal();

                assertThat(regions.committedByteSize()).isEqualTo(3 * Region.BYTE_SIZE);
                assertThat(zone.front().segment().get(ValueLayout.JAVA_INT, Region.BYTE_SIZE)).isEqualTo(0xf4f4f4f4);
                zone.writable().set(ValueLayout.JAVA_INT, 2 * Region.BYTE_SIZE - 4, 7);
                assertThat(zone.front().segment().get(ValueLayout.JAVA_INT, 2 * Region.BYTE_SIZE - 4)).isEqualTo(7);
                assertHugeAsIntended(memory, regions);
            }
            assertThat(regions.release(1)).isTrue();
            assertThat(touch.canRead(zone.base() + Region.BYTE_SIZE)).isFalse();
            assertThat(zone.front().segment().get(ValueLayout.JAVA_INT, 2 * Region.BYTE_SIZE)).isEqualTo(2);
        });
    }

    private static void assertHugeAsIntended(MemoryDemand memory, ZoneRegions regions) {
        int expected = memory == MemoryDemand.SMALL ? 0 : 3;
        assertThat(regions.kernelView().look().views())
                .extracting(found -> found.huge().cardinality())
                .containsExactly(expected, expected);
    }

    @OnEveryRung
    void ifNothingCanBePutBackTheMemoryStaysWhileAViewReachesIt(MemoryDemand memory) {
        with(memory, (zone, regions, touch) -> {
            long free = HugePages.pool().free();
            int[] maps = {0};
            // The kernel maps a hole in the executable view and then refuses every change of a mapping.
            calls.failWhen(call -> call.method().equals("mmap") && ++maps[0] > 1, Errno.ENOMEM);
            assertThat(regions.release(1)).isTrue();
            calls.heal();

            assertThat(regions.backingOf(1)).isNull();
            assertThat(regions.committedByteSize()).isEqualTo(2 * Region.BYTE_SIZE);
            assertThat(touch.canRead(zone.base() + Region.BYTE_SIZE)).isFalse();
            // A touch finds the old bytes: neither SIGBUS nor a new page of zeros.
            assertThat(zone.writable().get(ValueLayout.JAVA_INT, Region.BYTE_SIZE)).isEqualTo(1);
            assertThat(HugePages.pool().free()).isEqualTo(free);

            assertThat(regions.commit(1)).isTrue();
            assertThat(zone.front().segment().get(ValueLayout.JAVA_INT, Region.BYTE_SIZE)).isEqualTo(0xf4f4f4f4);
            assertThat(regions.release(1)).isTrue();
            assertThat(touch.canRead(zone.writableBase() + Region.BYTE_SIZE)).isFalse();
            assertThat(HugePages.pool().free()).isEqualTo(memory == MemoryDemand.HUGETLB ? free + 1 : free);
        });
    }

    @OnEveryRung
    void addressSpaceThatCannotBeReturnedAtOnceLosesItsMemoryAndIsReturnedLater(MemoryDemand memory) {
        int[] unmaps = {0};
        with(memory, (_, _, _) -> calls.failWhen(
                call -> call.method().equals("munmap") && ++unmaps[0] % 2 == 1, Errno.ENOMEM));
        assertThat(unmaps[0]).isEqualTo(4);
    }
}
