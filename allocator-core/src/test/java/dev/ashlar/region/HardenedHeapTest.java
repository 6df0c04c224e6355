package dev.ashlar.region;

import static dev.ashlar.TestHeaps.over;
import static dev.ashlar.TestHeaps.space;
import static dev.ashlar.TestHeaps.zones;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.CodeUnit;
import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HardenedCell;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.MemoryFiles;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryHardening;
import dev.ashlar.host.Residue;
import dev.ashlar.host.Seeds;
import dev.ashlar.host.Touch;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.WritePathException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.TestLinux;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A hardened heap works like others, and its price is as docs/hardening.md states. */
class HardenedHeapTest {
    private static final long REGION = 2 << 20;

    private final SystemCalls kernel = Libc.system();

    private static CodeHeapBuilder builder(HardenedCell cell) {
        return cell.builder().capacity(16 * REGION).withoutPreparedRegions();
    }

    @OnEveryHardening
    void aHardenedHeapWorksLikeOthersAndNeverCallsMprotect(HardenedCell cell) {
        try (HugePages _ = cell.need(5);
                CodeHeap heap = builder(cell).build()) {
            List<CodeBlock> blocks = new ArrayList<>();
            for (int index = 0; index < 3000; index++) {
                blocks.add(heap.define(NativeCode.returning(index)));
            }
            CodeBlock large = heap.allocate(REGION + 4096);
            large.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(-1)));
            large.publish();
            CodeUnit unit = heap.allocateUnit(new UnitSizes(6, 8, 8));
            unit.code().writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(-2)));
            unit.publish();
            for (int index = 0; index < blocks.size(); index++) {
                assertThat(NativeCode.call(blocks.get(index).address())).isEqualTo(index);
            }
            assertThat(NativeCode.call(large.address())).isEqualTo(-1);
            assertThat(NativeCode.call(unit.code().address())).isEqualTo(-2);
            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).as(audit.toString()).isTrue();

            blocks.forEach(CodeBlock::free);
            large.free();
            unit.free();
            assertThat(NativeCode.call(heap.define(NativeCode.returning(5)).address()))
                    .isEqualTo(5);
            space(heap).blocks().checkInvariants();
            assertThat(heap.audit().isClean()).isTrue();
            assertThat(heap.stats().mprotectCallCount()).isZero();
        }
    }

    @OnEveryHardening
    void anEmptyRegionIsReleasedUnlessItIsPinned(HardenedCell cell) {
        try (HugePages _ = cell.need(4);
                CodeHeap heap = builder(cell).build()) {
            CodeBlock large = heap.allocate(4 * REGION);
            long address = large.address();
            large.free();
            long trimmed = heap.trim();
            boolean pinned = cell.isPinned();
            assertThat(heap.committedByteSize()).isEqualTo(pinned ? 4 * REGION : 0);
            assertThat(trimmed).isEqualTo(pinned ? 0 : REGION);
            assertThat(heap.stats().releaseFailureCount()).isZero();
            assertThat(heap.audit().isClean()).isTrue();
            assertThat(heap.allocate(4 * REGION).address()).isEqualTo(address);
            assertThat(heap.committedByteSize()).isEqualTo(4 * REGION);
        }
    }

    @OnEveryHardening
    @Tag(Seeds.TAG)
    void theLedgerPredictsOneMappingForEachRegion(HardenedCell cell) {
        Seeds.forEach(seed -> theLedgerPredictsOneMappingForEachRegion(cell, seed));
    }

    private static void theLedgerPredictsOneMappingForEachRegion(HardenedCell cell, long seed) {
        Random random = new Random(seed);
        try (HugePages _ = cell.need(12);
                CodeHeap heap = builder(cell).build()) {
            CodeBlock[] blocks = new CodeBlock[12];
            for (int step = 0; step < 200; step++) {
                int index = random.nextInt(blocks.length);
                if (blocks[index] == null) {
                    blocks[index] = heap.allocate(REGION);
                } else {
                    blocks[index].free();
                    blocks[index] = null;
                }
                for (View view : space(heap).zone().views()) {
                    assertThat(predicted(heap, view)).as("step %d", step).isEqualTo(found(view));
                }
                long committed = heap.committedByteSize() / REGION;
                assertThat(found(space(heap).zone().front()))
                        .filteredOn(range -> range.permissions().equals("r-xs"))
                        .hasSize((int) committed);
            }
        }
    }

    private static List<Ledger.Range> predicted(CodeHeap heap, View view) {
        return space(heap).regions().ledger().predict(view);
    }

    /** The kernel's mappings, cut at the ends of the view, since a hole and a guard are one mapping. */
    private static List<Ledger.Range> found(View view) {
        return ProcessMaps.readWithin(List.of(view.range())).mappings().stream()
                .map(mapping -> new Ledger.Range(
                        new AddressRange(
                                Math.max(mapping.start(), view.range().start()),
                                Math.min(mapping.end(), view.range().end())),
                        mapping.permissions()))
                .toList();
    }

    @OnEveryHardening
    void noDescriptorWithAccessStaysOpen(HardenedCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = builder(cell).name("closed").build()) {
            heap.allocate(3 * REGION);
            List<Integer> descriptors = MemoryFiles.descriptorsOf("closed");
            if (!cell.isPinned()) {
                assertThat(descriptors).isEmpty();
            } else {
                // One for each region, and one that reserves a place for another.
                assertThat(descriptors).hasSize(4);
                assertThat(descriptors).allSatisfy(fd -> {
                    assertThat(kernel.fcntl(fd, TestLinux.F_GETFL, 0)).isEqualTo(Linux.O_PATH);
                    assertThat(kernel.fcntl(fd, TestLinux.F_GETFD, 0)).isEqualTo(TestLinux.FD_CLOEXEC);
                    assertThat(kernel.ftruncate(fd, 0)).isEqualTo(-Errno.EBADF);
                    assertThat(kernel.mmap(0, REGION, Linux.PROT_READ, Linux.MAP_SHARED, fd, 0))
                            .isEqualTo(-Errno.EBADF);
                });
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.ashlar.host.HardenedCell#pinned")
    void closingAPinnedHeapReturnsTheMemoryAndKeepsTheAddresses(HardenedCell cell) {
        try (HugePages _ = cell.need(5);
                Touch touch = new Touch()) {
            Residue before = Residue.now();
            CodeHeap heap = builder(cell).name("pinned").build();
            CodeBlock block = heap.allocate(3 * REGION);
            heap.allocateUnit(new UnitSizes(6, 8, 0));
            HeapReport report = heap.report();
            // Four regions of code and one of constants, in two views each.
            assertThat(report.hardening()).isEqualTo(Hardening.PINNED);
            assertThat(report.pinnedByteSize()).isEqualTo(2 * 5 * REGION);
            assertThat(report.describe())
                    .contains("hardening pinned")
                    .contains("pinned: " + 2 * 5 * REGION + " bytes of address space stay taken");
            long code = block.address();
            List<AddressRange> reserved = zones(heap).span().ranges();
            List<Integer> witnesses = MemoryFiles.descriptorsOf("pinned").stream()
                    .map(fd -> kernel.open("/proc/self/fd/" + fd, Linux.O_RDONLY | Linux.O_CLOEXEC))
                    .toList();
            assertThat(MemoryFiles.allocatedByteSize("pinned")).isGreaterThanOrEqualTo(5 * REGION);

            heap.close();
            assertThat(MemoryFiles.descriptorsOf("pinned")).containsExactlyInAnyOrderElementsOf(witnesses);
            assertThat(MemoryFiles.allocatedByteSize("pinned")).isZero();
            witnesses.forEach(kernel::close);
            assertThat(Residue.now()).isEqualTo(before);
            assertThat(ProcessMaps.readWithin(reserved).mappings().stream()
                    .mapToLong(Mapping::byteSize)
                    .sum())
                    .isEqualTo(2 * 5 * REGION);
            assertThat(touch.canRead(code)).isFalse();
            assertThat(kernel.munmap(code, REGION)).isEqualTo(-Errno.EPERM);
        }
    }

    @Test
    void theReportOfAnOrdinaryHeapSaysThatNothingStays() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            assertThat(heap.report().hardening()).isEqualTo(Hardening.NONE);
            assertThat(heap.report().pinnedByteSize()).isZero();
            assertThat(heap.report().describe()).contains("hardening none").doesNotContain("pinned");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POKE", "IN_PLACE"})
    void anotherWritePathIsRefused(WritePath path) {
        for (Hardening level : List.of(Hardening.SEALED, Hardening.PINNED)) {
            CodeHeapBuilder builder = CodeHeap.builder().writePath(path).hardening(level);
            WritePathException refused = catchThrowableOfType(WritePathException.class, builder::build);
            assertThat(refused)
                    .hasMessage("no heap can be built: hardening " + level + " needs two views of the memory, and write"
                            + " path " + path + " was demanded; paths that can serve that: alias.");
            assertThat(refused.servedBy()).containsExactly(WritePath.ALIAS);
        }
    }

    @Test
    void ifAliasDoesNotWorkNoOtherPathReplacesIt() {
        FaultyCalls calls = new FaultyCalls(kernel).failAll("memfdCreate", Errno.EPERM);
        CodeHeapBuilder builder = over(calls, CodeHeap.builder()).hardening(Hardening.SEALED);
        BackingUnavailableException refused =
                catchThrowableOfType(BackingUnavailableException.class, builder::build);
        assertThat(refused.refusals()).allMatch(refusal -> refusal.call().startsWith("memfd_create"));
        assertThat(calls.calls("open")).noneMatch(call -> call.arguments().contains("/proc/self/mem"));
    }

    @OnEveryHardening
    void aKernelWithoutTheSealsIsRefusedWithTheReason(HardenedCell cell) {
        boolean pinned = cell.isPinned();
        try (HugePages _ = cell.need(1)) {
            Residue before = Residue.now();
            FaultyCalls calls = new FaultyCalls(kernel);
            calls.failAll(pinned ? "mseal" : "fcntl", pinned ? Errno.ENOSYS : Errno.EINVAL);
            CodeHeapBuilder builder = over(calls, builder(cell));
            BackingUnavailableException refused =
                    catchThrowableOfType(BackingUnavailableException.class, builder::build);
            assertThat(refused)
                    .hasMessageContaining(
                            pinned
                                    ? "mseal(read+execute view) failed: ENOSYS (38). "
                                    : "fcntl(F_ADD_SEALS, 0x17) failed: EINVAL (22). ");
            before.assertNothingLeft(calls);
        }
    }

    /** The first view is pinned and cannot be unpinned. The next commit of the region pins the second. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.ashlar.host.HardenedCell#pinned")
    void aRegionWithARefusedViewIsPinnedLater(HardenedCell cell) {
        try (HugePages _ = cell.need(3)) {
            Residue before = Residue.now();
            FaultyCalls calls = new FaultyCalls(kernel);
            CodeHeap heap = over(calls, builder(cell)).build();
            heap.allocate(REGION);
            long alias = heap.report().writableAddress() + REGION;
            calls.failWhen(call -> call.method().equals("mseal") && call.argument(0) == alias, Errno.EPERM);
            for (int attempt = 0; attempt < 2; attempt++) {
                HeapExhaustedException refused =
                        catchThrowableOfType(HeapExhaustedException.class, () -> heap.allocate(REGION));
                assertThat(refused).hasMessageContaining("mseal(read+write view) failed: EPERM (1)");
                assertThat(heap.committedByteSize()).isEqualTo(REGION);
            }
            calls.heal();

            CodeBlock block = heap.allocate(REGION);
            assertThat(heap.audit().isClean()).isTrue();
            assertThat(kernel.munmap(block.address(), REGION)).isEqualTo(-Errno.EPERM);
            assertThat(kernel.munmap(alias, REGION)).isEqualTo(-Errno.EPERM);
            heap.close();
            assertThat(Residue.now()).isEqualTo(before);
        }
    }

    @OnEveryHardening
    void aRefusedCommitLeavesAHoleInEachView(HardenedCell cell) {
        for (String method : List.of("fcntl", "mseal", "open", "mmap")) {
            FaultyCalls calls = new FaultyCalls(kernel);
            try (HugePages _ = cell.need(2);
                    CodeHeap heap = over(calls, builder(cell)).build()) {
                heap.allocate(REGION);
                // Of the mappings, only those of executable views.
                calls.failWhen(call -> call.method().equals(method)
                        && (!method.equals("mmap") || call.argument(2) == (Linux.PROT_READ | Linux.PROT_EXEC)),
                        Errno.EPERM);
                boolean isNeeded = cell.isPinned() || !List.of("mseal", "open").contains(method);
                if (isNeeded) {
                    assertThat(catchThrowableOfType(HeapExhaustedException.class, () -> heap.allocate(REGION)))
                            .as(method)
                            .isNotNull();
                } else {
                    heap.allocate(REGION);
                }
                calls.heal();
                HeapAudit audit = heap.audit();
                assertThat(audit.isClean()).as(audit.toString()).isTrue();
            }
        }
    }

    @Test
    void aRegionPinnedByOneBackingIsServedByNoOther() {
        HardenedCell cell = new HardenedCell(Hardening.PINNED, MemoryDemand.AUTO);
        FaultyCalls calls = new FaultyCalls(kernel);
        try (HugePages _ = cell.need(0);
                CodeHeap heap = over(calls, builder(cell)).build()) {
            heap.allocate(REGION);
            // The best backing is refused once.
            calls.failNth("mseal", 2, Errno.EPERM);
            CodeBlock block = heap.allocate(REGION);
            block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(42)));
            assertThat(NativeCode.call(block.publish().address())).isEqualTo(42);
            assertThat(heap.report().backings()).hasSize(1);
            assertThat(heap.report().refusals())
                    .anyMatch(refusal -> refusal.remedy().startsWith("A view of the region is pinned to memory of"));
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @OnEveryHardening
    void theHeapWorksOrSaysWhyIfAnyCallFails(HardenedCell cell) {
        try (HugePages _ = cell.need(5)) {
            if (cell.isPinned()) {
                // In a child JVM: thousands of mappings stay, and later tests of this JVM would read them each time.
                ChildJvm.Outcome outcome = ChildJvm.ofModule(HardenedFaults.class)
                        .nativeAccess()
                        .withTestLibraries()
                        .run(cell.level().name(), cell.memory().name());
                assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            } else {
                HardenedFaults.liveWithEachCallFailing(cell);
            }
        }
    }

    @OnEveryHardening
    void dataBesideHardenedCodeIsOrdinaryMemory(HardenedCell cell) {
        try (HugePages _ = cell.need(3);
                CodeHeap heap = builder(cell).build()) {
            heap.allocateUnit(new UnitSizes(6, 8, 8)).publish();
            assertThat(Stream.of(Domain.CODE, Domain.RODATA, Domain.DATA)
                    .map(domain -> zones(heap).of(domain, 1).zone().hardening()))
                    .containsExactly(cell.level(), cell.level(), Hardening.NONE);
        }
    }
}
