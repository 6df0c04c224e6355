package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryPath;
import dev.ashlar.host.PathCell;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.Frame;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.AddressReport.FreeMemory;
import dev.ashlar.report.AddressReport.LiveBlock;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.FormerBlock;
import dev.ashlar.report.LiveCode;
import dev.ashlar.report.WrongAddressException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Code has names, which reports, errors and dumps show as long as it lives. */
class NamesTest {
    private static final byte[] CODE = NativeCode.returning(42);

    private static CodeHeap heap() {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).name("code").build();
    }

    private static Optional<String> nameAt(CodeHeap heap, long address) {
        return heap.describe(address) instanceof LiveBlock block ? block.name() : Optional.empty();
    }

    private static List<String> liveNames(CodeHeap heap) {
        return heap.liveCode().stream().flatMap(code -> code.name().stream()).toList();
    }

    @OnEveryPath
    void everyByteOfANamedBlockHasItsName(PathCell cell) {
        try (HugePages _ = cell.need(1); CodeHeap heap = cell.builder().build()) {
            for (int byteSize : new int[] {1, 100, 5000, 70_000}) {
                CodeBlock block = heap.allocate(byteSize, "n" + byteSize);
                long address = block.address();
                block.publish();
                assertThat(block.name()).hasValue("n" + byteSize);
                assertThat(nameAt(heap, address)).hasValue("n" + byteSize);
                assertThat(nameAt(heap, address + byteSize - 1)).hasValue("n" + byteSize);
            }
        }
    }

    @OnEveryPath
    void namesOfABatchBelongToItsParts(PathCell cell) {
        try (HugePages _ = cell.need(2); CodeHeap heap = cell.builder().build(); CodeBatch batch = heap.openBatch()) {
            BatchSection text = batch.allocate(Domain.CODE, 4096, 16);
            BatchSection table = batch.allocate(Domain.RODATA, 64, 16).named("table");
            long start = text.named(0, 100, "first").named(104, 200, "second").address();
            long constants = table.address();
            PublishedBatch published = batch.publish();
            assertThat(nameAt(heap, start)).hasValue("first");
            assertThat(nameAt(heap, start + 99)).hasValue("first");
            assertThat(nameAt(heap, start + 100)).isEmpty();
            assertThat(nameAt(heap, start + 104)).hasValue("second");
            assertThat(nameAt(heap, start + 304)).isEmpty();
            assertThat(nameAt(heap, constants + 63)).hasValue("table");
            assertThat(heap.liveCode()).contains(new LiveCode(start + 104, 200, Optional.of("second")));
            published.free();
            assertThat(liveNames(heap)).isEmpty();
        }
    }

    @Test
    void theNextBlockInAPlaceDoesNotInheritTheName() {
        try (CodeHeap heap = heap()) {
            for (int round = 0; round < 10_000; round++) {
                CodeBlock block = heap.define(CODE, "named");
                long address = block.address();
                block.free();
                CodeBlock other = heap.define(CODE);
                assertThat(nameAt(heap, address)).isEmpty();
                assertThat(nameAt(heap, other.address())).isEmpty();
                other.free();
            }
            assertThat(liveNames(heap)).isEmpty();
        }
    }

    @Test
    void aWrongFreeLeavesTheNameOfTheBlockThatIsThere() {
        try (CodeHeap heap = heap()) {
            CodeBlock block = heap.define(CODE, "kept");
            long address = block.address();
            assertThatThrownBy(() -> heap.addresses().free(address)).isInstanceOf(WrongAddressException.class);
            assertThatThrownBy(() -> heap.addresses().free(address + 1)).isInstanceOf(WrongAddressException.class);
            assertThat(nameAt(heap, address)).hasValue("kept");
        }
    }

    @Test
    void errorsNameTheCodeThatWasFreed() {
        try (CodeHeap heap = heap(); TrampolinePool pool = heap.openTrampolines(1)) {
            CodeBlock block = heap.define(CODE, "filter");
            block.free();
            assertThatThrownBy(block::free).isInstanceOf(BlockStateException.class).hasMessageContaining("\"filter\"");
            CodeUnit unit = heap.allocateUnit(new UnitSizes(16, 16, 0)).named("unit");
            assertThatThrownBy(() -> unit.patch(0, 0, 1)).hasMessageContaining("\"unit\"");
            Trampoline entry = pool.take(unit.code().address()).named("entry");
            entry.free();
            assertThatThrownBy(entry::free).hasMessageContaining("\"entry\"");
        }
    }

    @Test
    void allPartsOfAUnitHaveItsName() {
        try (CodeHeap heap = heap()) {
            CodeUnit unit = heap.allocateUnit(new UnitSizes(100, 16, 16)).named("unit");
            unit.publish();
            assertThat(nameAt(heap, unit.code().address())).hasValue("unit");
            assertThat(nameAt(heap, unit.constants().orElseThrow().address())).hasValue("unit");
            assertThat(nameAt(heap, unit.data().orElseThrow().address())).hasValue("unit");
            assertThat(liveNames(heap)).containsExactly("unit");
        }
    }

    @Test
    void aTrampolineHasItsNameUntilItIsFreed() {
        try (CodeHeap heap = heap(); TrampolinePool pool = heap.openTrampolines(2)) {
            CodeBlock target = heap.define(CODE, "target");
            Trampoline first = pool.take(target.address()).named("first");
            Trampoline second = pool.take(target.address()).named("second");
            assertThat(liveNames(heap)).containsExactlyInAnyOrder("target", "first", "second");
            assertThat(nameAt(heap, second.address() + 15)).hasValue("second");
            long address = first.address();
            first.free();
            assertThat(nameAt(heap, address)).isEmpty();
            assertThat(second.named("again").name()).hasValue("again");
            assertThat(nameAt(heap, second.address())).hasValue("again");
        }
    }

    @Test
    void rawBlocksHaveNames() {
        try (CodeHeap heap = heap()) {
            CodeAddresses raw = heap.addresses();
            long address = raw.allocate(64);
            raw.name(address, "raw");
            raw.publish(address);
            assertThat(nameAt(heap, address + 63)).hasValue("raw");
            assertThatThrownBy(() -> raw.name(address + 16, "inside")).isInstanceOf(WrongAddressException.class);
            raw.free(address);
            assertThatThrownBy(() -> raw.name(address, "freed")).isInstanceOf(WrongAddressException.class);
            assertThat(liveNames(heap)).isEmpty();
        }
    }

    @Test
    void liveCodeListsEachLiveBlockOnce() {
        try (CodeHeap heap = heap()) {
            CodeBlock named = heap.define(CODE, "small");
            CodeBlock unnamed = heap.define(CODE);
            CodeBlock large = heap.allocate(3L << 20, "large");
            heap.define(CODE, "freed").free();
            assertThat(heap.liveCode()).extracting(LiveCode::address)
                    .containsExactlyInAnyOrder(named.address(), unnamed.address(), large.address());
            assertThat(liveNames(heap)).containsExactlyInAnyOrder("small", "large");
        }
    }

    @Test
    void aHistoryKnowsTheNameOfAFreedBlock() {
        try (CodeHeap heap = CodeHeap.builder().evidence(Evidence.NONE.history(10)).build()) {
            CodeBlock block = heap.define(CODE, "gone");
            long address = block.address();
            block.free();
            assertThat(heap.describe(address)).isInstanceOfSatisfying(FreeMemory.class,
                    free -> assertThat(free.lastBlock().flatMap(FormerBlock::name)).hasValue("gone"));
            assertThat(heap.describe(address).toString()).contains("\"gone\"");
        }
    }

    @Test
    void aHexDumpShowsNamesAndBytes() {
        try (CodeHeap heap = heap()) {
            CodeBlock block = heap.define(CODE, "answer");
            long address = block.address();
            assertThat(heap.hexDump(address, 4096)).startsWith("0x%x  answer:%n0x%x  b8 2a 00 00 00".formatted(
                    address, address));
            assertThat(heap.hexDump(address + 1, 1)).isEqualTo("0x%x  answer:%n0x%x  2a%n".formatted(
                    address, address + 1));
            block.free();
            assertThatThrownBy(() -> heap.hexDump(address, 1)).isInstanceOf(WrongAddressException.class);
        }
    }

    @Test
    void aWrongNameIsRefusedAndTakesNothing() {
        try (CodeHeap heap = heap()) {
            String tooLong = "x".repeat(1001);
            for (String name : List.of("", tooLong)) {
                assertThatThrownBy(() -> heap.define(CODE, name)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> heap.allocate(16, name)).isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(heap.liveCode()).isEmpty();
            CodeBlock published = heap.define(MemorySegment.ofArray(CODE), "first");
            assertThatThrownBy(() -> published.named("second")).isInstanceOf(BlockStateException.class);
            assertThat(published.name()).hasValue("first");
        }
    }

    @Test
    void aPartWithItsOwnFrameStartsWhereItsFrameCanBeFound() {
        try (CodeHeap heap = heap(); CodeBatch batch = heap.openBatch()) {
            BatchSection text = batch.allocate(Domain.CODE, 100, 16).named(17, 10, "standard");
            assertThatThrownBy(() -> text.named(17, 10, "own", Frame.ENTRY))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("partOffset=17");
        }
    }

    @Test
    void aGroupTakesTheNamesOfItsCodeAlong() {
        try (CodeHeap heap = heap()) {
            try (CodeGroup group = heap.openGroup()) {
                CodeBlock block = group.define(CODE, "grouped");
                assertThat(nameAt(heap, block.address())).hasValue("grouped");
            }
            assertThat(liveNames(heap)).isEmpty();
        }
    }
}
