package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A heap near a function: a rel32 from everywhere in it reaches the function. */
@SuppressWarnings("restricted")
class NearTest {
    private static final long CAPACITY = 64 << 20;

    private final long getpid = Linker.nativeLinker().defaultLookup().findOrThrow("getpid").address();

    @OnEveryRung
    void codeCallsALibraryFunctionByRel32(MemoryDemand memory) {
        try (HugePages _ = HugePages.need(memory, 1);
                CodeHeap heap = CodeHeap.builder()
                        .memory(memory)
                        .near(getpid)
                        .capacity(CAPACITY)
                        .build()) {
            CodeBlock block = heap.allocate(14);
            byte[] code = NativeCode.callingNear(block.address(), getpid);
            block.writable().copyFrom(MemorySegment.ofArray(code));
            block.publish();

            assertThat(NativeCode.call(block.address()))
                    .isEqualTo((int) ProcessHandle.current().pid());
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void everyByteOfTheHeapIsWithinReach() {
        for (int round = 0; round < 20; round++) {
            try (CodeHeap heap = CodeHeap.builder()
                    .memory(MemoryDemand.SMALL)
                    .near(getpid)
                    .capacity(CAPACITY)
                    .build()) {
                long base = heap.report().address();
                assertThat(Math.abs(base - getpid)).isLessThan(Integer.MAX_VALUE);
                assertThat(Math.abs(base + CAPACITY - getpid)).isLessThan(Integer.MAX_VALUE);
                assertThat(base % (2 << 20)).isZero();
            }
        }
    }

    @Test
    void aHeapThatWouldHaveToCoverTheFunctionIsNotReachable() {
        Residue before = Residue.now();
        FaultyCalls calls = new FaultyCalls(Libc.system());
        CodeHeapBuilder builder =
                CodeHeap.builder().near(getpid).capacity(CodeHeap.LARGEST_CAPACITY).systemCalls(calls);
        assertThat(catchThrowableOfType(NotReachableException.class, builder::build))
                .hasMessageStartingWith("no room within rel32 reach of 0x" + Long.toHexString(getpid)
                        + ": span=2151677952 bytes, allowed=0x")
                .hasMessageEndingWith(". Ask for a smaller capacity, or build the heap earlier.");
        before.assertNothingLeft(calls);
    }

    @Test
    void everyByteReachesSeveralAddresses() {
        long low = getpid - (3L << 30);
        for (int round = 0; round < 20; round++) {
            try (CodeHeap heap = CodeHeap.builder()
                    .memory(MemoryDemand.SMALL)
                    .near(low, getpid)
                    .capacity(CAPACITY)
                    .build()) {
                long base = heap.report().address();
                for (long address : new long[] {low, getpid}) {
                    assertThat(Math.abs(base - address)).isLessThan(Integer.MAX_VALUE);
                    assertThat(Math.abs(base + CAPACITY - address)).isLessThan(Integer.MAX_VALUE);
                }
            }
        }
    }

    @Test
    void addressesTooFarFromEachOtherAreNotReachable() {
        CodeHeapBuilder builder = CodeHeap.builder().near(0x4000_0000L).near(getpid);
        assertThatThrownBy(builder::build)
                .isInstanceOf(NotReachableException.class)
                .hasMessageStartingWith("no room within rel32 reach of 0x40000000, 0x" + Long.toHexString(getpid))
                .hasMessageEndingWith("no address is allowed. Ask for a smaller capacity, or for fewer addresses.");
        CodeHeapBuilder low = CodeHeap.builder().belowTwoGibibytes().near(getpid);
        assertThatThrownBy(low::build).isInstanceOf(NotReachableException.class);
    }

    @Test
    void aHeapBelowTwoGibibytesLiesThereAsAWhole() {
        CodeHeapBuilder builder =
                CodeHeap.builder().memory(MemoryDemand.SMALL).belowTwoGibibytes().capacity(CAPACITY);
        for (int round = 0; round < 20; round++) {
            try (CodeHeap heap = builder.build()) {
                assertThat(heap.report().address() + heap.zones().span().byteSize()).isLessThanOrEqualTo(1L << 31);
                assertThat(heap.report().address()).isPositive();
            }
        }
        NotReachableException refused = catchThrowableOfType(
                NotReachableException.class, () -> builder.capacity(CodeHeap.LARGEST_CAPACITY).build());
        assertThat(refused)
                .hasMessageStartingWith(
                        "no room: span=2151677952 bytes, allowed=0x200000 to 0x80000000, largest room=");
        Matcher room = Pattern.compile("largest room=(\\d+) bytes").matcher(refused.getMessage());
        assertThat(room.find()).isTrue();
        assertThat(Long.parseLong(room.group(1))).isBetween(CAPACITY, CodeHeap.LARGEST_CAPACITY);
    }

    @Test
    void anAddressOutsideUserSpaceIsNotReachable() {
        for (long address : new long[] {Long.MAX_VALUE, 1L << 62, 1L << 52}) {
            CodeHeapBuilder builder = CodeHeap.builder().near(address);
            assertThatThrownBy(builder::build).isInstanceOf(NotReachableException.class);
        }
    }

    @Test
    void aPlaceThatIsAlwaysTakenMeanwhileIsNotReachable() {
        Residue before = Residue.now();
        FaultyCalls calls = new FaultyCalls(Libc.system()).failAll("mmap", Errno.EEXIST);
        CodeHeapBuilder builder = CodeHeap.builder().near(getpid).capacity(CAPACITY).systemCalls(calls);
        assertThatThrownBy(builder::build).isInstanceOf(NotReachableException.class);
        before.assertNothingLeft(calls);
    }

    @Test
    void anErrorThatDoesNotDependOnThePlaceIsNamed() {
        FaultyCalls calls = new FaultyCalls(Libc.system()).failAll("mmap", Errno.ENOMEM);
        CodeHeapBuilder builder = CodeHeap.builder().near(getpid).capacity(CAPACITY).systemCalls(calls);
        assertThatThrownBy(builder::build)
                .isInstanceOf(BackingUnavailableException.class)
                .hasMessageContaining("reserve: mmap(PROT_NONE, 109051904) failed: ENOMEM (12).");
    }
}
