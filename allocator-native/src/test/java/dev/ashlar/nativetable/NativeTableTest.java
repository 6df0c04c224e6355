package dev.ashlar.nativetable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapClosedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Native code takes, writes, publishes, runs and frees memory through the table: client.c does, and checks. */
final class NativeTableTest {
    private static final long CAPACITY = 16 << 20;

    @TempDir
    static Path folder;

    private static ClientLibrary client;

    @BeforeAll
    static void compile() throws Exception {
        client = ClientLibrary.load(folder);
    }

    @ParameterizedTest
    @EnumSource
    void aBlockIsWrittenPublishedRunAndFreed(WritePath path) {
        holds("one_block", path, CAPACITY);
    }

    @Test
    void theHeapKnowsTheNameThatNativeCodeGives() throws IOException {
        Path symbols = folder.resolve("symbols.elf");
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL)
                .evidence(Evidence.NONE.symbolFile(symbols)).build();
                NativeTable table = NativeTable.of(heap)) {
            assertThat(client.call("one_block", table)).as("line of client.c").isZero();
        }
        assertThat(Files.readString(symbols, StandardCharsets.ISO_8859_1)).contains("with a name");
    }

    @ParameterizedTest
    @EnumSource
    void theCodeOfAUnitReachesItsConstantsAndItsData(WritePath path) {
        holds("one_unit", path, CAPACITY);
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatFailsReturnsItsCodeSaysWhyAndChangesNothing(WritePath path) {
        holds("refusals", path, CAPACITY);
    }

    @ParameterizedTest
    @EnumSource
    void aCacheTakesAndFreesManyBlocksByOneCall(WritePath path) {
        holds("cached", path, 8 * CAPACITY);
    }

    @ParameterizedTest
    @EnumSource
    void threadsThatJavaDoesNotKnowCallAtTheSameTime(WritePath path) {
        holds("from_threads", path, 32 * CAPACITY);
    }

    @Test
    void aCallWithLittleStackIsRefusedBeforeItEntersTheJvm() {
        holds("little_stack", WritePath.ALIAS, CAPACITY);
    }

    @Test
    void codeReachesAFunctionThatItsHeapWasBuiltNear() throws Throwable {
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .capacity(CAPACITY)
                .near(client.pointer("target_of_calls"))
                .build();
                NativeTable table = NativeTable.of(heap)) {
            assertThat(client.call("calls_near", table)).as("line of client.c").isZero();
        }
    }

    @Test
    void aCallAfterTheCloseOfTheTableIsRefused() {
        try (CodeHeap heap = heap(WritePath.ALIAS, CAPACITY);
                NativeTable other = NativeTable.of(heap)) {
            NativeTable table = NativeTable.of(heap);
            table.close();
            table.close();

            assertThat(client.call("is_closed", table)).as("line of client.c").isZero();
            assertThat(client.call("one_block", other)).as("line of client.c").isZero();
        }
    }

    @Test
    void aCallAfterTheCloseOfTheHeapIsRefused() {
        CodeHeap heap = heap(WritePath.ALIAS, CAPACITY);
        try (NativeTable table = NativeTable.of(heap)) {
            heap.close();
            assertThat(client.call("heap_is_closed", table)).as("line of client.c").isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1L << 40, Long.MIN_VALUE})
    void aNumberThatIsNoTableIsRefused(long number) {
        assertThat(TableFunctions.freeBlock(number, 0)).isEqualTo(Status.CLOSED.code());
    }

    @Test
    void aTableNeedsAnOpenHeap() {
        CodeHeap heap = heap(WritePath.ALIAS, CAPACITY);
        heap.close();
        assertThatThrownBy(() -> NativeTable.of(heap)).isInstanceOf(HeapClosedException.class);
        assertThatNullPointerException().isThrownBy(() -> NativeTable.of(null)).withMessage("heap");
    }

    private static void holds(String function, WritePath path, long capacity) {
        try (CodeHeap heap = heap(path, capacity);
                NativeTable table = NativeTable.of(heap)) {
            assertThat(client.call(function, table)).as("line of client.c").isZero();
            assertThat(heap.stats().liveBlockCount()).isZero();
            assertThat(heap.audit().isSafe()).isTrue();
            heap.checkInvariants();
        }
    }

    private static CodeHeap heap(WritePath path, long capacity) {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).writePath(path).capacity(capacity).build();
    }
}
