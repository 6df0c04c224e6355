package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.SystemCalls;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A span lies in a gap with enough room, away from areas that grow, at an unpredictable place. */
class PlacementTest {
    private static final long REGION = Region.BYTE_SIZE;
    private static final long MIB = 1 << 20;
    private static final AddressRange WINDOW = new AddressRange(0x4000_0000L, 0x8000_0000L);

    private final FaultyCalls calls = new FaultyCalls(Libc.system());

    private static ProcessMaps maps(String... lines) {
        return ProcessMaps.parse(String.join("\n", lines));
    }

    /** What a test reserves, it gives back itself. */
    private static Placement placement(SystemCalls calls) {
        AddressSpace space = new AddressSpace(calls);
        space.keep();
        return new Placement(calls, space);
    }

    @Test
    void roomReachesFromTheFirstAlignedBaseToTheLast() {
        ProcessMaps maps = maps(
                "30000000-40001000 r-xp 00000000 00:00 0 below",
                "50001000-70000000 r-xp 00000000 00:00 0 between",
                "7fffe000-90000000 r-xp 00000000 00:00 0 above");
        assertThat(Placement.rooms(maps, WINDOW, 4 * REGION))
                .containsExactly(
                        new AddressRange(0x4020_0000L, 0x4f80_0000L), new AddressRange(0x7000_0000L, 0x7f60_0000L));
    }

    @Test
    void aGapThatIsTooSmallForTheAlignmentIsNoRoom() {
        ProcessMaps maps = maps(
                "30000000-40001000 r-xp 00000000 00:00 0 below", "40400000-90000000 r-xp 00000000 00:00 0 above");
        assertThat(Placement.rooms(maps, WINDOW, REGION))
                .containsExactly(new AddressRange(0x4020_0000L, 0x4020_0000L));
        assertThat(Placement.rooms(maps, WINDOW, 2 * REGION)).isEmpty();
    }

    @Test
    void roomForTheGrowthOfTheBreakAndTheStackIsLeftFree() {
        ProcessMaps maps = maps(
                "30000000-40000000 rw-p 00000000 00:00 0 [heap]", "80000000-90000000 rw-p 00000000 00:00 0 [stack]");
        assertThat(Placement.rooms(maps, WINDOW, REGION))
                .containsExactly(new AddressRange(0x4000_0000L + 256 * MIB, 0x8000_0000L - 256 * MIB - REGION));
    }

    @Test
    void anEmptyWindowIsOneRoom() {
        assertThat(Placement.rooms(maps(), WINDOW, REGION))
                .containsExactly(new AddressRange(WINDOW.start(), WINDOW.end() - REGION));
    }

    @Test
    void everyByteReachesANeighbourAnywhereInUserSpace() {
        // Presumably unmapped. The last two lie among the libraries and just below the end of the stack.
        for (long target : new long[] {0x1_0000_1000L, 0x4000_0000_0000L, 0x7ff5_15ed_44e0L, 0x7fff_8000_0000L}) {
            long base = placement(calls).reserve(Reach.ANYWHERE.to(target), 16 * MIB);
            assertThat(base).as("near 0x%x", target).isPositive();
            assertThat(Math.abs(target - base)).as("near 0x%x", target).isLessThan(1L << 31);
            assertThat(Math.abs(target - base - 16 * MIB)).as("near 0x%x", target).isLessThan(1L << 31);
            assertThat(calls.munmap(base, 16 * MIB)).isZero();
        }
    }

    @Test
    void basesAreDrawnAtRandomAndAligned() {
        Placement placement = placement(calls);
        Set<Long> bases = new HashSet<>();
        for (int draw = 0; draw < 32; draw++) {
            long base = placement.reserveAnywhere(REGION);
            assertThat(base % REGION).isZero();
            bases.add(base);
            assertThat(calls.munmap(base, REGION)).isZero();
        }
        assertThat(bases).hasSize(32);
    }

    /**
     * A hundred draws cannot show that there are 2^26 places. They can show that no place occurs twice, that each of
     * the lowest twelve bits is set in about half of them (20 to 80 of 100, except in one of 10^9 runs), and that none
     * of the bits follows from others.
     */
    @Test
    void aHundredDistancesBetweenTwoViewsAreAllDifferentAndTheirBitsIndependent() {
        int bitCount = 12;
        long byteSize = 256 * MIB;
        assertThat(Placement.placeCount(byteSize)).isGreaterThan(1L << bitCount);
        Set<Long> distances = new HashSet<>();
        for (int start = 0; start < 100; start++) {
            Placement placement = placement(calls);
            long front = placement.reserveAnywhere(byteSize);
            long alias = placement.reserveAnywhere(byteSize);
            distances.add((alias - front) / REGION);
            assertThat(calls.munmap(front, byteSize)).isZero();
            assertThat(calls.munmap(alias, byteSize)).isZero();
        }
        assertThat(distances).hasSize(100);
        for (int bit = 0; bit < bitCount; bit++) {
            long mask = 1L << bit;
            assertThat(distances.stream().filter(distance -> (distance & mask) != 0).count())
                    .as("bit %d", bit)
                    .isBetween(20L, 80L);
        }
        assertThat(rank(distances, bitCount)).isEqualTo(bitCount);
    }

    /** {@return how many of the lowest bits are independent of the others: the rank over the field of two elements} */
    private static int rank(Set<Long> values, int bitCount) {
        long[] leading = new long[bitCount];
        for (long value : values) {
            long rest = value & ((1L << bitCount) - 1);
            while (rest != 0) {
                int bit = Long.SIZE - 1 - Long.numberOfLeadingZeros(rest);
                if (leading[bit] == 0) {
                    leading[bit] = rest;
                    break;
                }
                rest ^= leading[bit];
            }
        }
        return (int) Arrays.stream(leading).filter(row -> row != 0).count();
    }

    @Test
    void aTakenPlaceIsDrawnAgain() {
        calls.failNth("mmap", 1, Errno.EEXIST).failNth("mmap", 2, Errno.EEXIST);
        long base = placement(calls).reserveAnywhere(REGION);
        assertThat(calls.count("mmap")).isEqualTo(3);
        assertThat(calls.calls("mmap").getLast().result()).isEqualTo(base);
        assertThat(calls.munmap(base, REGION)).isZero();
    }

    /**
     * Before Linux 4.17 the flag is unknown and the address is a hint. Before 6.7 the kernel aligns its own choice to
     * small pages only. A reservation at another place is returned, and the parts beyond whole regions are cut off.
     */
    @Test
    void aMappingAtAnotherPlaceAndAlignmentThanRequestedIsCorrected() {
        long[] next = {0x1234_0000_1000L};
        SystemCalls old = (SystemCalls) Proxy.newProxyInstance(
                SystemCalls.class.getClassLoader(), new Class<?>[] {SystemCalls.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("mmap")) {
                        arguments[0] = next[0];
                        arguments[3] = (int) arguments[3] | Linux.MAP_FIXED_NOREPLACE;
                        next[0] += 16 * REGION;
                    }
                    return method.invoke(calls, arguments);
                });
        long base = placement(old).reserveAnywhere(3 * REGION);
        assertThat(base % REGION).isZero();
        assertThat(calls.count("mmap")).isGreaterThan(1);
        assertThat(calls.munmap(base, 3 * REGION)).isZero();
        AddressRange used = new AddressRange(0x1234_0000_0000L, next[0]);
        assertThat(ProcessMaps.readWithin(List.of(used)).mappings()).isEmpty();
    }

    @Test
    void theKernelRefusesASpanLargerThanTheAddressSpace() {
        long byteSize = 1L << 47;
        long result = placement(calls).reserve(Reach.ANYWHERE.to(0x4000_0000L), byteSize);
        assertThat(result).isZero();
        assertThat(calls.calls()).isEmpty();
        int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS;
        assertThat(Errno.isFailure(calls.mmap(0, byteSize, Linux.PROT_NONE, flags, -1, 0))).isTrue();
    }
}
