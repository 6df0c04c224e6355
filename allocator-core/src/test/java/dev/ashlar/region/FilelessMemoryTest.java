package dev.ashlar.region;

import static dev.ashlar.TestHeaps.over;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.host.ForkingLibrary;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** If memory files are forbidden or short, code is still mapped twice, in huge pages. */
class FilelessMemoryTest {
    private static final int REGION = 2 << 20;
    private static final int SIGSEGV = 11;

    private static final Predicate<FaultyCalls.Call> CREATE = calls("memfdCreate");

    private static Predicate<FaultyCalls.Call> calls(String method) {
        return call -> call.method().equals(method);
    }

    private static boolean mapsExecutable(FaultyCalls.Call call) {
        return call.method().equals("mmap")
                && (call.argument(2) & Linux.PROT_EXEC) != 0
                && (call.argument(3) & Linux.MAP_SHARED) != 0;
    }

    private static Arguments refusal(Predicate<FaultyCalls.Call> fails, int errno) {
        return Arguments.of(fails, errno);
    }

    static Stream<Arguments> refusalsOfFiles() {
        return Stream.of(
                refusal(CREATE, Errno.EPERM),
                refusal(CREATE, Errno.ENOSYS),
                refusal(CREATE, Errno.EACCES),
                refusal(CREATE, Errno.EMFILE),
                refusal(CREATE, Errno.ENFILE),
                refusal(calls("ftruncate"), Errno.EFBIG),
                refusal(calls("fallocate"), Errno.EPERM),
                refusal(FilelessMemoryTest::mapsExecutable, Errno.EACCES),
                refusal(FilelessMemoryTest::mapsExecutable, Errno.EPERM));
    }

    @ParameterizedTest
    @MethodSource("refusalsOfFiles")
    void codeStaysOnAliasAndHuge(Predicate<FaultyCalls.Call> fails, int errno) {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 0)) {
            Residue before = Residue.now();
            FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(fails, errno);
            try (CodeHeap heap = over(calls, CodeHeap.builder()).capacity(4 * REGION).build()) {
                assertThat(heap.writePath()).isEqualTo(WritePath.ALIAS);
                List<CodeBlock> blocks = runInEveryRegion(heap, 4);
                assertThat(heap.report().backings()).containsExactly(Backing.SHMEM_THP);
                assertThat(heap.report().describe()).contains(Errno.ofNumber(errno).describe());
                HeapAudit audit = heap.audit();
                assertThat(audit.isClean()).as(audit.toString()).isTrue();
                assertThat(audit.regions()).hasSize(4).allMatch(HeapAudit.Region::isHuge);

                blocks.forEach(CodeBlock::free);
                heap.trim();
                assertThat(heap.committedByteSize()).isLessThanOrEqualTo(REGION);
            }
            before.assertNothingLeft(calls);
        }
    }

    private static List<CodeBlock> runInEveryRegion(CodeHeap heap, int regionCount) {
        List<CodeBlock> blocks = new ArrayList<>();
        for (int index = 0; index < regionCount; index++) {
            CodeBlock block = heap.allocate(REGION);
            block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(index)));
            block.publish();
            blocks.add(block);
        }
        for (int index = 0; index < regionCount; index++) {
            assertThat(NativeCode.call(blocks.get(index).address())).isEqualTo(index);
        }
        return blocks;
    }

    @Test
    void smallPagesNeedNoFileEither() {
        FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(CREATE, Errno.EMFILE);
        Residue before = Residue.now();
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            runInEveryRegion(heap, 3);
            assertThat(heap.writePath()).isEqualTo(WritePath.ALIAS);
            assertThat(heap.report().backings()).containsExactly(Backing.SMALL);
            assertThat(heap.audit().isClean()).isTrue();
        }
        before.assertNoDescriptorOrMappingLeft(calls);
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EINVAL, Errno.EPERM})
    void smallPagesArePopulatedWithoutTheAdviceToo(int errno) {
        FaultyCalls calls = new FaultyCalls(Libc.system())
                .failWhen(CREATE, Errno.EMFILE)
                .failWhen(
                        call -> call.method().equals("madvise") && call.argument(2) == Linux.MADV_POPULATE_WRITE,
                        errno);
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            runInEveryRegion(heap, 1);
        }
    }

    @Test
    void sharedDataNeedsNoFileEither() {
        try (HugePages _ = HugePages.needForData(MemoryDemand.SHMEM_THP, 0)) {
            FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(CREATE, Errno.EMFILE);
            Residue before = Residue.now();
            try (DataHeap heap = over(calls, DataHeap.builder()).memory(MemoryDemand.SHMEM_THP).build()) {
                MemorySegment block = heap.allocate(2 * REGION).fill((byte) 1);
                assertThat(heap.audit().isClean()).isTrue();
                heap.free(block);
            }
            before.assertNoDescriptorOrMappingLeft(calls);
        }
    }

    @Test
    void filesAreUsedAgainWhenTheyCanBeHad() {
        FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(CREATE, Errno.EMFILE);
        Residue before = Residue.now();
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).name("again").build()) {
            heap.allocate(REGION);
            calls.heal();
            CodeBlock later = heap.allocate(REGION);
            assertThat(Residue.heapDescriptors()).anyMatch(target -> target.startsWith("/memfd:again-"));
            assertThat(heap.audit().isClean()).isTrue();
            later.free();
        }
        before.assertNoDescriptorOrMappingLeft(calls);
    }

    @Test
    void aFileGrowsWithWhatIsCommitted() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            assertThat(calls.calls("ftruncate")).extracting(call -> call.argument(1)).containsExactly((long) REGION);
            heap.allocate(3 * REGION);
            assertThat(calls.calls("ftruncate")).extracting(call -> call.argument(1)).last().isEqualTo(3L * REGION);
        }
    }

    @Test
    void aReleaseThatLeavesOneViewMappedIsCompletedByFreshMemory() {
        FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(CREATE, Errno.EMFILE);
        Residue before = Residue.now();
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            heap.allocate(2 * REGION).free();
            int[] holes = {0};
            calls.failWhen(
                    call -> call.method().equals("mmap") && call.argument(2) == Linux.PROT_NONE && ++holes[0] % 2 == 0,
                    Errno.ENOMEM);
            heap.trim();
            calls.heal();
            calls.failWhen(CREATE, Errno.EMFILE);
            assertThat(heap.audit().isClean()).isTrue();
            runInEveryRegion(heap, 3);
        }
        before.assertNoDescriptorOrMappingLeft(calls);
    }

    @Test
    void aForkedChildThatTouchesEitherViewDies(@TempDir Path folder) throws Exception {
        ForkingLibrary child = ForkingLibrary.load(folder);
        FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(CREATE, Errno.EMFILE);
        try (CodeHeap heap = over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build()) {
            CodeBlock block = heap.allocate(64);
            assertThat(child.signalOnRead(block.address())).isEqualTo(SIGSEGV);
            assertThat(child.signalOnWrite(block.writable().address())).isEqualTo(SIGSEGV);
        }
    }

    @Test
    void nothingIsLeftIfTheSecondViewIsRefused() {
        for (String method : List.of("mremap", "mprotect")) {
            FaultyCalls calls = new FaultyCalls(Libc.system())
                    .failWhen(CREATE, Errno.EMFILE)
                    .failAll(method, Errno.EACCES);
            Residue before = Residue.now();
            BackingUnavailableException refused = catchThrowableOfType(
                    BackingUnavailableException.class,
                    () -> over(calls, CodeHeap.builder())
                            .memory(MemoryDemand.SMALL)
                            .writePath(WritePath.ALIAS)
                            .build());
            assertThat(refused.refusals()).extracting(Refusal::error).containsExactly("EMFILE (24)", "EACCES (13)");
            assertThat(refused.refusals().getLast().call()).startsWith(method + "(read+execute view");
            before.assertNoDescriptorOrMappingLeft(calls);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOMEM, Errno.EAGAIN})
    void aShortageNeverChangesTheWritePath(int errno) {
        FaultyCalls calls = new FaultyCalls(Libc.system())
                .failWhen(CREATE, Errno.EMFILE)
                .failAll("mremap", errno);
        Residue before = Residue.now();
        assertThatThrownBy(() -> over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).build())
                .isInstanceOf(BackingUnavailableException.class)
                .hasMessageContaining("EMFILE (24). The process has no descriptor left: raise the limit of open files")
                .hasMessageContaining(Errno.ofNumber(errno).describe())
                .hasMessageNotContaining("/proc/self/mem");
        before.assertNoDescriptorOrMappingLeft(calls);
    }

    @ParameterizedTest
    @EnumSource(value = Hardening.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aHardenedHeapNeedsFiles(Hardening level) {
        FaultyCalls calls = new FaultyCalls(Libc.system()).failWhen(CREATE, Errno.EMFILE);
        assertThatThrownBy(() -> over(calls, CodeHeap.builder()).hardening(level).build())
                .isInstanceOf(BackingUnavailableException.class)
                .hasMessageContaining("EMFILE (24)");
    }
}
