package dev.ashlar.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ashlar.CodeHeap;
import dev.ashlar.bench.rivals.AssembledFunctions.Place;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.nativetable.NativeTable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** asmjit writes through the alias of a heap what runs elsewhere, and each function returns what it must. */
final class AssembledFunctionsTest {
    private static final int ARGUMENT = 20;

    @ParameterizedTest
    @CsvSource({"OWN, 0", "OWN, 100", "CALLS, 0", "CALLS, 100", "CACHE, 0", "CACHE, 100"})
    void functionsOfAsmjitRunInEveryPlace(Place place, int live) {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).writePath(WritePath.ALIAS).build();
                NativeTable table = NativeTable.of(heap)) {
            AssembledFunctions functions = open(place, table);
            // A failed function throws.
            functions.loop(live, ARGUMENT).run().run();
            functions.flush();

            assertThat(heap.stats().liveBlockCount()).isEqualTo(place == Place.OWN ? 0 : live);
            assertThat(heap.audit().isSafe()).isTrue();
            heap.checkInvariants();
        }
    }

    private static AssembledFunctions open(Place place, NativeTable table) {
        try {
            return AssembledFunctions.open(place, table);
        } catch (RivalUnavailableException unavailable) {
            return abort(unavailable.getMessage());
        }
    }
}
