package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.WritePathException;
import dev.ashlar.report.WrongAddressException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks are written, published, run and freed in the same way on every write path. */
class WritePathTest {

    @OnEveryPath
    void aBlockIsWrittenPublishedRunAndFreed(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().build()) {
            CodeBlock block = heap.allocate(64);
            MemorySegment.copy(NativeCode.returning(7), 0, block.writable(), ValueLayout.JAVA_BYTE, 0, 6);
            MemorySegment code = block.publish();

            assertThat(NativeCode.call(block.address())).isEqualTo(7);
            assertThat(code.get(ValueLayout.JAVA_BYTE, 6)).isEqualTo(NativeCode.TRAP);
            assertThat(heap.audit().writableAndExecutable()).isEmpty();
            assertThat(heap.audit().misplaced()).isEmpty();
            block.free();
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @OnEveryPath
    void aBlockByAddressIsWrittenPublishedRunAndFreed(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().build()) {
            CodeAddresses addresses = heap.addresses();
            long address = addresses.allocate(64);
            addresses.write(address, 0, MemorySegment.ofArray(NativeCode.returning(8)), 0, 6);
            addresses.publish(address);

            assertThat(NativeCode.call(address)).isEqualTo(8);
            addresses.free(address);
            assertThatThrownBy(() -> addresses.free(address)).isInstanceOf(WrongAddressException.class);
        }
    }

    @OnEveryPath
    void unwrittenBytesTrap(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().build()) {
            CodeBlock block = heap.allocate(5000);
            assertThat(bytesOf(block.publish())).containsOnly(NativeCode.TRAP);
        }
    }

    @OnEveryPath
    void freedCodeTrapsBeforeItsNextUse(PathCell cell) {
        try (HugePages _ = cell.need(2);
                CodeHeap heap = cell.builder().build()) {
            for (int round = 0; round < 3; round++) {
                List<CodeBlock> blocks = new ArrayList<>();
                for (int index = 0; index < 20; index++) {
                    CodeBlock block = heap.allocate(3000);
                    assertThat(bytesOf(heap.space().zone().front().segment().asSlice(block.offset(), 3000)))
                            .containsOnly(NativeCode.TRAP);
                    block.writable().fill((byte) 0x90);
                    block.publish();
                    blocks.add(block);
                }
                blocks.forEach(CodeBlock::free);
            }
            assertThat(heap.audit().misplaced()).isEmpty();
        }
    }

    @OnEveryPath
    void manyFunctionsRunAmongFreedOnes(PathCell cell) {
        try (HugePages _ = cell.need(4);
                CodeHeap heap = cell.builder().build()) {
            List<CodeBlock> blocks = new ArrayList<>();
            for (int index = 0; index < 600; index++) {
                blocks.add(heap.define(NativeCode.returning(index)));
                if (index % 3 == 2) {
                    blocks.set(index - 1, blocks.get(index));
                    heap.define(NativeCode.returning(-index)).free();
                }
            }
            for (int index = 0; index < blocks.size(); index++) {
                int expected = index % 3 == 1 ? index + 1 : index;
                assertThat(NativeCode.call(blocks.get(index).address())).isEqualTo(expected);
            }
            HeapAudit audit = heap.audit();
            assertThat(audit.writableAndExecutable()).isEmpty();
            assertThat(audit.misplaced()).isEmpty();
            assertThat(heap.writePath()).isEqualTo(cell.path());
        }
    }

    @OnEveryPath
    void onlyInPlaceMakesMprotectCalls(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().build()) {
            for (int index = 0; index < 10; index++) {
                heap.define(NativeCode.returning(index));
            }
            int expected = cell.path() == WritePath.IN_PLACE ? 10 : 0;
            assertThat(heap.stats().mprotectCallCount()).isEqualTo(expected);
            assertThat(heap.ledger().mprotectCallCount()).isEqualTo(expected);
        }
    }

    @OnEveryPath
    void theWritableAddressIsReturnedIfThereIsOne(PathCell cell) {
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().build()) {
            CodeAddresses addresses = heap.addresses();
            long address = addresses.allocate(64);
            switch (cell.path()) {
                case ALIAS -> assertThat(addresses.writable(address)).isNotEqualTo(address);
                case IN_PLACE -> {
                    assertThat(addresses.writable(address)).isEqualTo(address);
                    addresses.publish(address);
                    assertThatThrownBy(() -> addresses.writable(address)).isInstanceOf(BlockStateException.class);
                    assertThatThrownBy(() -> addresses.write(address, 0, MemorySegment.ofArray(new byte[1]), 0, 1))
                            .isInstanceOf(BlockStateException.class)
                            .hasMessageContaining("published");
                }
                case POKE -> assertThatThrownBy(() -> addresses.writable(address))
                        .isInstanceOfSatisfying(WritePathException.class, e -> assertThat(e.servedBy())
                                .containsExactly(WritePath.ALIAS, WritePath.IN_PLACE));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = WritePath.class, names = {"POKE", "IN_PLACE"})
    void memoryThatAPathCannotUseIsRefusedAndThePathsThatCanAreNamed(WritePath path) {
        assertThatThrownBy(() -> CodeHeap.builder().writePath(path).memory(MemoryDemand.SHMEM_THP).build())
                .isInstanceOfSatisfying(WritePathException.class, e -> assertThat(e.servedBy())
                        .containsExactly(WritePath.ALIAS))
                .hasMessageContaining("anon-thp");
    }

    @Test
    void ifMemoryFilesAreForbiddenCodeIsPoked() {
        FaultyCalls calls = new FaultyCalls(Libc.system())
                .failAll("memfdCreate", Errno.EPERM)
                .failAll("mremap", Errno.EPERM);
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0);
                CodeHeap heap = CodeHeap.builder().systemCalls(calls).build()) {
            assertThat(NativeCode.call(heap.define(NativeCode.returning(3)).address())).isEqualTo(3);
            assertThat(heap.writePath()).isEqualTo(WritePath.POKE);
            assertThat(heap.report().describe()).contains("memfd_create", "EPERM");
            // What this host refused is not recommended.
            CodeBlock block = heap.allocate(64);
            block.publish();
            assertThatThrownBy(() -> block.patch(0, 0, 4))
                    .isInstanceOfSatisfying(WritePathException.class, e -> assertThat(e.servedBy()).isEmpty())
                    .hasMessageContaining("none that this host allows");
            assertThatThrownBy(() -> heap.addresses().writable(heap.addresses().allocate(64)))
                    .isInstanceOfSatisfying(WritePathException.class, e -> assertThat(e.servedBy())
                            .containsExactly(WritePath.IN_PLACE));
        }
    }

    @Test
    void ifPokesAreForbiddenTooCodeIsPublishedInPlace() {
        FaultyCalls calls = new FaultyCalls(Libc.system())
                .failAll("memfdCreate", Errno.EPERM)
                .failAll("mremap", Errno.EPERM)
                .failAll("pwrite", Errno.EIO);
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0);
                CodeHeap heap = CodeHeap.builder().systemCalls(calls).build()) {
            assertThat(NativeCode.call(heap.define(NativeCode.returning(4)).address())).isEqualTo(4);
            assertThat(heap.writePath()).isEqualTo(WritePath.IN_PLACE);
            assertThat(heap.report().describe()).contains("memfd_create", "pwrite(/proc/self/mem)", "EIO");
        }
    }

    @Test
    void ifNoPathIsAllowedEachIsNamedWithItsReason() {
        FaultyCalls calls = new FaultyCalls(Libc.system())
                .failAll("memfdCreate", Errno.EPERM)
                .failAll("mremap", Errno.EPERM)
                .failAll("pwrite", Errno.EIO)
                .failWhen(call -> call.method().equals("mprotect") && call.argument(2) != Linux.PROT_NONE,
                        Errno.EACCES);
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0)) {
            assertThatThrownBy(() -> CodeHeap.builder().systemCalls(calls).build())
                    .isInstanceOf(BackingUnavailableException.class)
                    .hasMessageContaining("memfd_create")
                    .hasMessageContaining("pwrite(/proc/self/mem)")
                    .hasMessageContaining("mprotect")
                    .hasMessageContaining("EACCES");
        }
    }

    @Test
    void aPokeThatIsRefusedLaterIsATypedErrorAndTheHeapContinues() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap heap = CodeHeap.builder()
                .writePath(WritePath.POKE)
                .memory(MemoryDemand.SMALL)
                .systemCalls(calls)
                .build()) {
            CodeBlock block = heap.allocate(64);
            block.writable().fill((byte) 0x90);
            calls.failAll("pwrite", Errno.EPERM);
            assertThatThrownBy(block::publish)
                    .isInstanceOf(WritePathException.class)
                    .hasMessageContaining("EPERM (1)");
            calls.heal();
            block.publish();
            assertThat(bytesOf(block.executable())).containsOnly((byte) 0x90);
        }
    }

    @Test
    void aPublishThatTheKernelRefusesIsATypedErrorAndTheBlockStaysWritable() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        try (CodeHeap heap = CodeHeap.builder()
                .writePath(WritePath.IN_PLACE)
                .memory(MemoryDemand.SMALL)
                .systemCalls(calls)
                .build()) {
            CodeBlock block = heap.allocate(64);
            MemorySegment.copy(NativeCode.returning(5), 0, block.writable(), ValueLayout.JAVA_BYTE, 0, 6);
            calls.failNth("mprotect", 1, Errno.ENOMEM);
            assertThatThrownBy(block::publish)
                    .isInstanceOf(WritePathException.class)
                    .hasMessageContaining("ENOMEM (12)");
            calls.heal();
            block.publish();
            assertThat(NativeCode.call(block.address())).isEqualTo(5);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @Test
    void blocksOfHugetlbPagesCannotBePublishedInPlace() {
        PathCell cell = new PathCell(WritePath.IN_PLACE, MemoryDemand.HUGETLB);
        try (HugePages _ = cell.need(1);
                CodeHeap heap = cell.builder().build()) {
            assertThatThrownBy(() -> heap.allocate(64))
                    .isInstanceOf(WritePathException.class)
                    .hasMessageContaining("openBatch");
        }
    }

    private static byte[] bytesOf(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }
}
