package dev.ashlar.tool.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.CodeBatch;
import dev.ashlar.CodeBlock;
import dev.ashlar.CodeGroup;
import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.PublishedBatch;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.explain.SymbolImage.Symbol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the symbol file of a heap says which blocks are live and which were freed, at any moment. */
class SymbolImageTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void chooseFile() {
        file = folder.resolve("heap.elf");
    }

    private CodeHeap heap() {
        return CodeHeap.builder().name("jit").memory(MemoryDemand.SMALL).evidence(Evidence.NONE.symbolFile(file))
                .build();
    }

    private static Symbol live(long address, long byteSize) {
        return new Symbol("jit", Optional.empty(), false, address, byteSize);
    }

    private static Symbol freed(long address, long byteSize) {
        return new Symbol("jit", Optional.empty(), true, address, byteSize);
    }

    private List<Symbol> live() {
        return SymbolImage.read(file).symbols().stream().filter(symbol -> !symbol.isFreed()).toList();
    }

    @Test
    void everyKindOfBlockHasASymbolUntilItEnds() {
        try (CodeHeap heap = heap()) {
            assertThat(live()).isEmpty();
            CodeBlock block = heap.allocate(100);
            long address = heap.addresses().allocate(70_000);
            heap.allocateUnit(new UnitSizes(1, 2, 3));
            CodeGroup group = heap.openGroup();
            long grouped = group.allocate(16).address();
            assertThat(live()).hasSize(6).contains(live(block.address(), 100),
                    live(address, 70_000), live(grouped, 16));
            block.shrink(20);
            assertThat(SymbolImage.read(file).at(block.address()))
                    .containsExactly(live(block.address(), 20));
            heap.addresses().free(address);
            group.close();
            assertThat(live()).hasSize(4);
            assertThat(SymbolImage.read(file).at(address + 69_999))
                    .containsExactly(freed(address, 70_000));
        }
    }

    @Test
    void symbolsAgreeWithAMapOfBlocks() {
        long seed = Long.getLong("ashlar.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        Path ofData = folder.resolve("data.elf");
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL)
                .evidence(Evidence.NONE.symbolFile(ofData)).build()) {
            Map<Long, Long> model = new TreeMap<>();
            List<Long> addresses = new ArrayList<>();
            for (int step = 0; step < 50_000; step++) {
                if (addresses.isEmpty() || (random.nextInt(100) < 55 && addresses.size() < 10_000)) {
                    long byteSize = random.nextInt(1, 3000);
                    long address = heap.addresses().allocate(byteSize);
                    model.put(address, byteSize);
                    addresses.add(address);
                } else {
                    long address = addresses.set(random.nextInt(addresses.size()), addresses.getLast());
                    addresses.removeLast();
                    heap.addresses().free(address);
                    model.remove(address);
                }
            }
            Map<Long, Long> found = new TreeMap<>();
            SymbolImage.read(ofData).symbols().stream().filter(symbol -> !symbol.isFreed())
                    .forEach(symbol -> found.put(symbol.address(), symbol.byteSize()));
            assertThat(found).as("seed %d", seed).isEqualTo(model);
        }
    }

    @Test
    void namesOfBlocksAndOfPartsOfABatchStayAfterTheyAreFreed() {
        try (CodeHeap heap = heap()) {
            CodeBlock block = heap.allocate(100, "filter");
            long address = block.address();
            CodeBatch batch = heap.openBatch();
            long section = batch.allocate(Domain.CODE, 64, 16).named(16, 32, "part").address();
            PublishedBatch published = batch.publish();
            assertThat(live()).contains(new Symbol("jit", Optional.of("filter"), false, address, 100),
                    new Symbol("jit", Optional.of("part"), false, section + 16, 32));
            block.free();
            published.free();
            assertThat(SymbolImage.read(file).symbols()).contains(
                    new Symbol("jit", Optional.of("filter"), true, address, 100),
                    new Symbol("jit", Optional.of("part"), true, section + 16, 32));
            assertThat(SymbolImage.read(file).at(address)).first()
                    .hasToString("freed block \"filter\" of heap jit at 0x%x, 100 bytes".formatted(address));
        }
    }

    @Test
    void theCloseOfTheHeapFreesAllBlocks() {
        CodeHeap heap = heap();
        long address = heap.allocate(100).address();
        heap.close();
        assertThat(live()).isEmpty();
        assertThat(SymbolImage.read(file).at(address)).containsExactly(freed(address, 100));
    }

    @Test
    void anotherElfImageIsRefused() {
        assertThatThrownBy(() -> SymbolImage.read(Path.of(System.getProperty("java.home"), "bin", "java")))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("is not the symbol file of a heap");
    }

    @Test
    void aFileThatExistsIsRefusedAndStays() throws IOException {
        Files.writeString(file, "mine");
        assertThatThrownBy(this::heap).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("the symbol file of heap jit exists: " + file);
        assertThat(file).hasContent("mine");
    }

    @Test
    void theFileIsReadableForTheUserAlone() throws IOException {
        heap().close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void whatIsNoImageIsRefused() throws IOException {
        for (byte[] bytes : new byte[][] {{}, {1, 2, 3}, {0x7f, 'E', 'L', 'F', 2, 1, 1}, new byte[64]}) {
            Files.write(file, bytes);
            assertThatThrownBy(() -> SymbolImage.read(file)).isInstanceOf(CommandException.class)
                    .hasMessageContaining("is not the symbol file of a heap");
        }
        assertThatThrownBy(() -> SymbolImage.read(folder.resolve("missing"))).isInstanceOf(CommandException.class)
                .hasMessageContaining("cannot read");
    }

    @Test
    void gdbNamesTheBlockOfAnAddress() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gdb")), "no gdb on this host");
        try (CodeHeap heap = heap()) {
            long address = heap.allocate(100).address();
            Process gdb = new ProcessBuilder("/usr/bin/gdb", "-nx", "-batch", "-ex", "add-symbol-file " + file, "-ex",
                    "info symbol 0x%x".formatted(address + 7)).redirectErrorStream(true).start();
            String output = new String(gdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(gdb.waitFor()).as(output).isZero();
            assertThat(output).contains("jit_block + 7 in section .text");
        }
    }
}
