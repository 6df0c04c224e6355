package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.SecretMemory;
import dev.ashlar.host.Seeded;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret heap hands out zeros, and a block is zero again when its free returns, in every thread. */
class SecretHeapTest {
    private static final long REGION = 2 << 20;
    private static final int REGION_COUNT = 3;
    private static final byte MARK = 0x5a;

    private SecretHeap heap;

    @BeforeEach
    void buildHeap() {
        SecretMemory.need(REGION_COUNT);
        heap = SecretHeap.builder().capacity(REGION_COUNT * REGION).build();
    }

    @AfterEach
    void closeHeap() {
        if (heap != null) {
            heap.space().blocks().checkInvariants();
            heap.close();
        }
    }

    /** {@return the heap's own memory at the place of a segment, which can be read after the segment is freed} */
    private MemorySegment placeOf(MemorySegment segment) {
        MemorySegment all = heap.space().zone().writable();
        return all.asSlice(segment.address() - all.address(), segment.byteSize());
    }

    private static boolean isZero(MemorySegment memory) {
        return holdsOnly(memory, (byte) 0);
    }

    private static boolean holdsOnly(MemorySegment memory, byte value) {
        return memory.elements(ValueLayout.JAVA_BYTE).allMatch(one -> one.get(ValueLayout.JAVA_BYTE, 0) == value);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 16, 100, 256, 700, 5000, 20_000, 1 << 20})
    void aBlockIsZeroWhenItIsTakenAndAfterItsFree(long byteSize) {
        for (int round = 0; round < 5; round++) {
            MemorySegment block = heap.allocate(byteSize);
            assertThat(block.byteSize()).isEqualTo(byteSize);
            assertThat(isZero(block)).as("handed out").isTrue();
            block.fill(MARK);
            MemorySegment place = placeOf(block);
            assertThat(holdsOnly(place, MARK)).isTrue();

            heap.free(block);

            assertThat(isZero(place)).as("freed, round %d", round).isTrue();
        }
    }

    @Test
    void bytesWrittenAfterAFreeAreErasedBeforeTheNextUse() {
        MemorySegment stale = heap.allocate(300);
        heap.free(stale);
        stale.fill(MARK);

        MemorySegment next = heap.allocate(300);

        assertThat(next.address()).as("same place").isEqualTo(stale.address());
        assertThat(isZero(next)).isTrue();
    }

    static Stream<Arguments> threads() {
        return Stream.of(
                Arguments.of("platform", (UnaryOperator<ExecutorService>) none -> Executors.newSingleThreadExecutor()),
                Arguments.of(
                        "virtual",
                        (UnaryOperator<ExecutorService>) none -> Executors.newVirtualThreadPerTaskExecutor()));
    }

    /** If secret heaps had owners, the other thread could only mark the block, and the secret would stay. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("threads")
    void aBlockThatAnotherThreadFreesIsZero(String kind, UnaryOperator<ExecutorService> executor)
            throws Exception {
        try (ExecutorService other = executor.apply(null)) {
            for (long byteSize : new long[] {16, 100, 256, 700, 5000, 20_000, 1 << 20}) {
                // Both threads have allocated, also neighbours of the block.
                MemorySegment before = heap.allocate(byteSize / 3 + 1).fill(MARK);
                MemorySegment others = other.submit(() -> heap.allocate(byteSize / 3 + 1).fill(MARK)).get();
                MemorySegment block = heap.allocate(byteSize).fill(MARK);

                other.submit(() -> heap.free(block)).get();

                assertThat(isZero(placeOf(block))).as("%s thread, %d bytes", kind, byteSize).isTrue();
                assertThat(holdsOnly(before, MARK)).isTrue();
                assertThat(holdsOnly(others, MARK)).isTrue();
                heap.free(others);
                other.submit(() -> heap.free(before)).get();
                assertThat(isZero(placeOf(before)) && isZero(placeOf(others))).isTrue();
            }
            assertThat(heap.stats().liveBlockCount()).isZero();
        }
    }

    @Test
    void anArenaLeavesZerosBehind() {
        for (boolean shared : new boolean[] {false, true}) {
            List<MemorySegment> places = new ArrayList<>();
            try (Arena arena = shared ? heap.sharedArena() : heap.confinedArena()) {
                for (int byteSize = 1; byteSize < 40_000; byteSize = byteSize * 3 / 2 + 1) {
                    MemorySegment piece = arena.allocate(byteSize, 1 << (byteSize % 8));
                    assertThat(isZero(piece)).isTrue();
                    piece.fill(MARK);
                    places.add(placeOf(piece));
                }
                assertThat(places).hasSizeGreaterThan(20).allMatch(place -> holdsOnly(place, MARK));
            }
            assertThat(places).allMatch(SecretHeapTest::isZero);
        }
        assertThat(heap.stats().liveBlockCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 16, 64, 4096, 1 << 16, 1 << 21})
    void blocksHaveTheRequestedAlignment(long byteAlignment) {
        MemorySegment block = heap.allocate(100, byteAlignment);
        assertThat(block.address() % Math.max(byteAlignment, 16)).isZero();
        heap.free(block);
    }

    @Test
    void sizesAndAlignmentsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> heap.allocate(-1)).hasMessage("size is negative: byteSize=-1");
        assertThatThrownBy(() -> heap.allocate(REGION_COUNT * REGION + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("size out of range: byteSize=6291457");
        assertThatThrownBy(() -> heap.allocate(1, 3)).hasMessageContaining("byteAlignment=3");
        assertThatThrownBy(() -> SecretHeap.builder().capacity(0)).hasMessageContaining("allowed=1 to 68719476736");
        assertThatThrownBy(() -> SecretHeap.builder().name("no spaces")).hasMessageContaining("name must match");
    }

    @Test
    void aFullHeapSaysSoAndContinues() {
        MemorySegment all = heap.allocate(REGION_COUNT * REGION);
        assertThatThrownBy(() -> heap.allocate(1))
                .isInstanceOf(HeapExhaustedException.class)
                .hasMessageContaining("backing=[secretmem]. Free blocks or build the heap with a larger capacity for"
                        + " secret.");
        heap.free(all);
        heap.free(heap.allocate(1));
    }

    /** Goal: no secret is left. Method: threads hand over and free blocks at random, then the test reads every page. */
    @Seeded
    void afterRandomChurnByManyThreadsAllMemoryIsZero(long seed) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<MemorySegment> handedOver = new ArrayList<>();
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < 4; worker++) {
                SplittableRandom random = new SplittableRandom(seed + worker);
                workers.add(threads.submit(() -> churn(handedOver, random)));
            }
            for (Future<?> worker : workers) {
                worker.get(60, TimeUnit.SECONDS);
            }
            handedOver.forEach(heap::free);
        }
        HeapStats stats = heap.stats();
        assertThat(stats.liveBlockCount()).isZero();
        assertThat(stats.racedFreeCount()).isZero();
        long offset = 0;
        for (HeapAudit.Region region : heap.audit().regions()) {
            offset = region.index() * REGION;
            MemorySegment memory = heap.space().zone().writable().asSlice(offset, REGION);
            assertThat(isZero(memory)).as("region %d", region.index()).isTrue();
        }
    }

    private void churn(List<MemorySegment> handedOver, SplittableRandom random) {
        for (int round = 0; round < 2000; round++) {
            int byteSize = 1 + random.nextInt(random.nextInt(20) == 0 ? 20_000 : 600);
            MemorySegment made = heap.allocate(byteSize);
            assertThat(isZero(made)).isTrue();
            made.fill(MARK);
            MemorySegment taken = null;
            synchronized (handedOver) {
                handedOver.add(made);
                if (handedOver.size() > 100) {
                    taken = handedOver.remove(random.nextInt(handedOver.size()));
                }
            }
            if (taken != null) {
                assertThat(holdsOnly(taken, MARK)).isTrue();
                heap.free(taken);
            }
        }
    }
}
