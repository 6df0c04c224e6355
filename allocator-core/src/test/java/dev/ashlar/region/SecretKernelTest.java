package dev.ashlar.region;

import static dev.ashlar.TestHeaps.over;
import static dev.ashlar.TestHeaps.space;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.DataHeap;
import dev.ashlar.SecretHeap;
import dev.ashlar.host.ForkingLibrary;
import dev.ashlar.host.Residue;
import dev.ashlar.host.SecretMemory;
import dev.ashlar.host.Touch;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Mapping;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets are absent from the kernel's own map, in one mapping per region, out of reach of other processes. */
class SecretKernelTest {
    private static final long REGION = 2 << 20;
    private static final int SIGSEGV = 11;
    private static final byte MARK = 0x5a;

    private final SystemCalls kernel = Libc.system();

    @Test
    void theKernelFindsPagesOfOrdinaryDataAndNoneOfASecret() {
        SecretMemory.need(1);
        try (DataHeap ordinary = DataHeap.builder().memory(MemoryDemand.SMALL).build();
                SecretHeap heap = SecretHeap.create();
                Arena arena = Arena.ofConfined()) {
            MemorySegment data = ordinary.allocate(64).fill(MARK);
            MemorySegment secret = heap.allocate(64).fill(MARK);
            MemorySegment copy = arena.allocate(64);
            int memory = kernel.open("/proc/self/mem", Linux.O_RDWR | Linux.O_CLOEXEC);

            assertThat(kernel.pread(memory, copy.address(), 64, data.address())).isEqualTo(64);
            assertThat(copy.mismatch(data)).isEqualTo(-1);
            assertThat(kernel.pwrite(memory, copy.address(), 64, data.address())).isEqualTo(64);

            copy.fill((byte) 0);
            assertThat(kernel.pread(memory, copy.address(), 64, secret.address())).isEqualTo(-Errno.EIO);
            assertThat(kernel.pwrite(memory, copy.address(), 64, secret.address())).isEqualTo(-Errno.EIO);
            assertThat(copy.mismatch(secret)).isZero();
            kernel.close(memory);
        }
    }

    @Test
    void anotherProcessCanReadOrdinaryDataAndNoSecret(@TempDir Path folder) throws Exception {
        SecretMemory.need(1);
        ForkingLibrary child = ForkingLibrary.load(folder);
        try (DataHeap ordinary = DataHeap.builder().memory(MemoryDemand.SMALL).build();
                SecretHeap heap = SecretHeap.create()) {
            MemorySegment data = ordinary.allocate(64).fill(MARK);
            MemorySegment secret = heap.allocate(64).fill(MARK);
            int errno = child.errnoOfReadByChild(data.address());
            assumeTrue(errno == 0, () -> "needs process_vm_readv(2): " + Errno.ofNumber(errno));

            assertThat(child.errnoOfReadByChild(secret.address())).isEqualTo(Errno.EFAULT);
        }
    }

    @Test
    void aSystemCallOfThisProcessMayReadAndWriteASecret() {
        SecretMemory.need(1);
        try (SecretHeap heap = SecretHeap.create();
                Touch touch = new Touch()) {
            assertThat(touch.canWrite(heap.allocate(64).address())).isTrue();
        }
    }

    @Test
    void aForkedChildThatTouchesASecretDies(@TempDir Path folder) throws Exception {
        SecretMemory.need(2);
        ForkingLibrary child = ForkingLibrary.load(folder);
        try (SecretHeap heap = SecretHeap.create()) {
            MemorySegment secret = heap.allocate(3 << 20).fill(MARK);
            for (long offset : new long[] {0, 2 << 20}) {
                assertThat(child.signalOnRead(secret.address() + offset)).isEqualTo(SIGSEGV);
                assertThat(child.signalOnWrite(secret.address() + offset)).isEqualTo(SIGSEGV);
            }
            assertThat(secret.mismatch(MemorySegment.ofArray(filled(3 << 20)))).isEqualTo(-1);
        }
    }

    private static byte[] filled(int byteSize) {
        byte[] bytes = new byte[byteSize];
        MemorySegment.ofArray(bytes).fill(MARK);
        return bytes;
    }

    @Test
    void mappingsAreLockedNotDumpedNotInheritedAndNoDescriptorLeadsToThem() {
        SecretMemory.need(2);
        try (SecretHeap heap = SecretHeap.create()) {
            heap.allocate(REGION + 1);
            long address = heap.report().address();
            assertThat(SecretMemory.areas(address, 2 * REGION))
                    .hasSize(2)
                    .allMatch(area -> area.flags().containsAll(List.of("lo", "dd", "dc")));
            assertThat(Residue.heapDescriptors()).noneMatch(target -> target.startsWith("/secretmem"));
        }
    }

    /** The error is ENXIO for root and EPERM for others. Root can open an ordinary memory file again in this way. */
    @Test
    void theFileOfASecretCannotBeOpenedAgain() {
        SecretMemory.need(1);
        try (SecretHeap heap = SecretHeap.create()) {
            long address = heap.report().address();
            String link = "/proc/self/map_files/%x-%x".formatted(address, address + REGION);
            assertThat(kernel.open(link, Linux.O_RDWR | Linux.O_CLOEXEC)).isIn(-Errno.ENXIO, -Errno.EPERM);
        }
    }

    @Test
    void secretsCanNeverBeRun() {
        SecretMemory.need(1);
        try (SecretHeap heap = SecretHeap.create()) {
            long address = heap.report().address();
            assertThat(kernel.mprotect(address, REGION, Linux.PROT_READ | Linux.PROT_EXEC)).isEqualTo(-Errno.EACCES);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void theAuditFindsSmallRegionsAsIntended() {
        SecretMemory.need(3);
        try (SecretHeap heap = SecretHeap.create()) {
            heap.allocate(2 * REGION + 1);
            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).as(audit.toString()).isTrue();
            assertThat(audit.regions()).hasSize(3).allMatch(region -> region.domain() == Domain.SECRET
                    && region.backing() == Backing.SECRET && !region.isHuge());
            assertThat(audit.intendedHugeByteSize()).isZero();
            assertThat(audit.hugeByteSize()).isZero();
            assertThat(audit.smapsHugeByteSize()).isZero();
            assertThat(heap.stats().mprotectCallCount()).isZero();
        }
    }

    @Test
    void aPageWithAForeignPermissionIsNamed() {
        SecretMemory.need(1);
        try (SecretHeap heap = SecretHeap.create()) {
            long page = heap.report().address() + 4096;
            assertThat(kernel.mprotect(page, 4096, Linux.PROT_READ)).isZero();
            HeapAudit audit = heap.audit();
            assertThat(audit.isClean()).isFalse();
            assertThat(audit.misplaced()).isNotEmpty()
                    .allMatch(text -> text.startsWith("secret region 0: expected rw-s"));
            assertThat(kernel.mprotect(page, 4096, Linux.PROT_READ | Linux.PROT_WRITE)).isZero();
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    /** Neighbours never become one VMA, since each has a file of its own. The ledger predicts this. */
    @Test
    void eachRegionIsOneMappingAsTheLedgerPredicts() {
        SecretMemory.need(4);
        FaultyCalls calls = new FaultyCalls(kernel);
        try (SecretHeap heap = over(calls, SecretHeap.builder()).capacity(6 * REGION).build()) {
            List<MemorySegment> blocks = new ArrayList<>();
            for (int count = 1; count <= 4; count++) {
                blocks.add(heap.allocate(REGION));
                assertAsPredicted(heap, count);
            }
            heap.free(blocks.get(1));
            heap.free(blocks.get(2));
            heap.trim();
            assertAsPredicted(heap, 2);
            blocks.add(heap.allocate(REGION));
            assertAsPredicted(heap, 3);
            assertThat(calls.count("memfdSecret")).isEqualTo(5);

            calls.forget();
            heap.free(blocks.getFirst());
            for (int index = 0; index < 1000; index++) {
                heap.free(heap.allocate(64 + index % 449));
            }
            assertAsPredicted(heap, 3);
            assertThat(calls.calls()).extracting(FaultyCalls.Call::method).doesNotContain("mmap", "mprotect",
                    "madvise");
        }
    }

    private static void assertAsPredicted(SecretHeap heap, int secretMappingCount) {
        View view = space(heap).zone().front();
        List<String> predicted = space(heap).regions().ledger().predict(view).stream()
                .map(SecretKernelTest::describe)
                .toList();
        List<String> found = ProcessMaps.readWithin(List.of(view.range())).mappings().stream()
                .map(mapping -> describe(mapping, view))
                .toList();
        assertThat(found).isEqualTo(predicted);
        assertThat(found).filteredOn(text -> text.endsWith("rw-s")).hasSize(secretMappingCount);
    }

    private static String describe(Ledger.Range range) {
        return Long.toHexString(range.addresses().start()) + "-" + Long.toHexString(range.addresses().end()) + " "
                + range.permissions();
    }

    /** A hole at an end of the view is one VMA with the guard beyond it. */
    private static String describe(Mapping mapping, View view) {
        return Long.toHexString(Math.max(mapping.start(), view.range().start())) + "-"
                + Long.toHexString(Math.min(mapping.end(), view.range().end())) + " " + mapping.permissions();
    }
}
