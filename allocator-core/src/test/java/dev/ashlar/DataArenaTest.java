package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.HeapStats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An arena of a data heap behaves as the JDK's does; its memory comes from the heap and goes back there. */
class DataArenaTest {
    private static final long REGION = 2 << 20;

    private final DataHeap heap =
            DataHeap.builder().memory(MemoryDemand.SMALL).capacity(8 * REGION).name("arenas").build();

    /** A kind of arena, from the JDK and from the heap. */
    enum Kind {
        CONFINED,
        SHARED;

        Arena of(DataHeap heap) {
            return this == CONFINED ? heap.confinedArena() : heap.sharedArena();
        }

        Arena ofTheJdk() {
            return this == CONFINED ? Arena.ofConfined() : Arena.ofShared();
        }
    }

    @AfterEach
    void closeHeap() {
        heap.space().blocks().checkInvariants();
        heap.close();
    }

    @ParameterizedTest
    @EnumSource
    void closingGivesEveryBlockBack(Kind kind) {
        for (int count : new int[] {0, 1, 2, 10, 100, 2000}) {
            try (Arena arena = kind.of(heap)) {
                for (int index = 0; index < count; index++) {
                    arena.allocate(index % 50 == 49 ? 70_000 : 1 + index % 700);
                }
                HeapStats open = heap.stats();
                assertThat(open.liveByteSize()).isGreaterThanOrEqualTo(count);
                assertThat(open.liveBlockCount()).isLessThanOrEqualTo(count);
            }
            assertThat(heap.stats().liveBlockCount()).as("after %d", count).isZero();
            assertThat(heap.stats().liveByteSize()).as("after %d", count).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 40, 256})
    void smallPiecesShareBlocks(int byteSize) {
        try (Arena arena = heap.confinedArena()) {
            for (int index = 0; index < 1000; index++) {
                arena.allocate(byteSize);
            }
            HeapStats stats = heap.stats();
            assertThat(stats.liveBlockCount()).isLessThan(30);
            assertThat(stats.liveByteSize()).isLessThan(1000L * Math.max(byteSize, 16) * 11 / 10 + 20_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void segmentsEndWithTheirArena(Kind kind) {
        Arena arena = kind.of(heap);
        MemorySegment small = arena.allocate(10);
        MemorySegment large = arena.allocate(1 << 20);
        assertThat(small.scope()).isEqualTo(arena.scope()).isEqualTo(large.scope());
        assertThat(arena.scope().isAlive()).isTrue();
        arena.close();

        assertThat(arena.scope().isAlive()).isFalse();
        assertThatThrownBy(() -> small.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> large.fill((byte) 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> arena.allocate(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Already closed");
        assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class).hasMessage("Already closed");
        assertThat(heap.stats().liveBlockCount()).isZero();
    }

    @Test
    void aConfinedArenaRefusesOtherThreads() throws Exception {
        try (Arena arena = heap.confinedArena();
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            MemorySegment segment = arena.allocate(8);
            List<Future<?>> attempts = List.of(
                    other.submit(() -> assertThatThrownBy(() -> arena.allocate(1))
                            .isInstanceOf(WrongThreadException.class)),
                    other.submit(() -> assertThatThrownBy(arena::close).isInstanceOf(WrongThreadException.class)),
                    other.submit(() -> assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0))
                            .isInstanceOf(WrongThreadException.class)));
            for (Future<?> attempt : attempts) {
                attempt.get(10, TimeUnit.SECONDS);
            }
            segment.set(ValueLayout.JAVA_LONG, 0, 42);
            assertThat(arena.allocate(1).scope().isAlive()).isTrue();
        }
    }

    @Test
    void aSharedArenaServesManyThreadsAtOnce() throws Exception {
        int threadCount = 4;
        try (ExecutorService threads = Executors.newFixedThreadPool(threadCount)) {
            for (int round = 0; round < 5; round++) {
                List<MemorySegment> all = new ArrayList<>();
                try (Arena arena = heap.sharedArena()) {
                    List<Future<List<MemorySegment>>> workers = new ArrayList<>();
                    for (int thread = 0; thread < threadCount; thread++) {
                        byte mark = (byte) (thread + 1);
                        workers.add(threads.submit(() -> {
                            List<MemorySegment> own = new ArrayList<>();
                            for (int index = 0; index < 1000; index++) {
                                own.add(arena.allocate(1 + index % 900).fill(mark));
                            }
                            return own;
                        }));
                    }
                    for (int thread = 0; thread < threadCount; thread++) {
                        for (MemorySegment segment : workers.get(thread).get(30, TimeUnit.SECONDS)) {
                            byte[] expected = new byte[(int) segment.byteSize()];
                            Arrays.fill(expected, (byte) (thread + 1));
                            assertThat(segment.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
                            all.add(segment);
                        }
                    }
                }
                assertThat(all).hasSize(threadCount * 1000).noneMatch(segment -> segment.scope().isAlive());
                assertThat(heap.stats().liveByteSize()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongSizesAndAlignmentsAreRefusedAsByTheJdk(Kind kind) {
        try (Arena arena = kind.of(heap);
                Arena model = kind.ofTheJdk()) {
            arena.allocate(100);
            HeapStats before = heap.stats();
            for (long[] wrong : new long[][] {{-1, 1}, {Long.MIN_VALUE, 1}, {1, 0}, {1, -1}, {1, 3}, {1, 48}}) {
                assertThatThrownBy(() -> model.allocate(wrong[0], wrong[1]))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> arena.allocate(wrong[0], wrong[1]))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(() -> arena.allocate(1, 2 * REGION)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> arena.allocate(8 * REGION + 1)).isInstanceOf(IllegalArgumentException.class);
            assertThat(heap.stats()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void emptySegmentsHaveAnAlignedAddressOfTheirOwn(Kind kind) {
        try (Arena arena = kind.of(heap)) {
            MemorySegment first = arena.allocate(0);
            MemorySegment second = arena.allocate(0, 1 << 12);
            assertThat(first.byteSize()).isZero();
            assertThat(second.byteSize()).isZero();
            assertThat(second.address() % (1 << 12)).isZero();
            assertThat(second.address()).isNotEqualTo(first.address());
        }
    }

    @Test
    void piecesNeverOverlapAndKeepTheirAlignment() {
        try (Arena arena = heap.confinedArena()) {
            List<MemorySegment> pieces = new ArrayList<>();
            for (int index = 0; index < 3000; index++) {
                long alignment = 1L << (index % 12);
                MemorySegment piece = arena.allocate(1 + (index * 37) % 600, alignment);
                assertThat(piece.address() % Math.max(16, alignment)).isZero();
                pieces.add(piece);
            }
            pieces.sort((left, right) -> Long.compare(left.address(), right.address()));
            for (int index = 1; index < pieces.size(); index++) {
                MemorySegment before = pieces.get(index - 1);
                assertThat(before.address() + before.byteSize()).isLessThanOrEqualTo(pieces.get(index).address());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anArenaThatFindsNoRoomKeepsWhatItHasAndGivesItBack(Kind kind) {
        try (Arena arena = kind.of(heap)) {
            MemorySegment kept = arena.allocate(REGION).fill((byte) 1);
            assertThatThrownBy(() -> arena.allocate(8 * REGION)).isInstanceOf(HeapExhaustedException.class);
            List<MemorySegment> pieces = new ArrayList<>();
            assertThatThrownBy(() -> {
                while (true) {
                    pieces.add(arena.allocate(100_000));
                }
            })
                    .isInstanceOf(HeapExhaustedException.class);
            assertThat(pieces).hasSizeGreaterThan(50);
            assertThat(kept.get(ValueLayout.JAVA_BYTE, REGION - 1)).isEqualTo((byte) 1);
        }
        assertThat(heap.stats().liveBlockCount()).isZero();
        heap.free(heap.allocate(8 * REGION));
    }

    @ParameterizedTest
    @EnumSource
    void anOpenArenaKeepsTheHeapOpen(Kind kind) {
        MemorySegment segment;
        try (Arena arena = kind.of(heap);
                Arena _ = kind.of(heap)) {
            segment = arena.allocate(100).fill((byte) 7);
            HeapStats before = heap.stats();
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThat(catchThrowableOfType(BlockStateException.class, heap::close))
                        .hasMessageStartingWith("close failed: arenas of heap arenas are open: ")
                        .hasMessageContaining(kind == Kind.SHARED
                                ? "1 shared, 1 shared"
                                : "2 of thread " + Thread.currentThread().getName())
                        .hasMessageEndingWith("; close the heap when they are closed");
            }
            assertThat(heap.stats()).isEqualTo(before);
            assertThat(segment.get(ValueLayout.JAVA_BYTE, 99)).isEqualTo((byte) 7);
            assertThat(arena.allocate(10).byteSize()).isEqualTo(10);
            kind.of(heap).close();
        }
        DataHeap another = DataHeap.builder().memory(MemoryDemand.SMALL).capacity(REGION).build();
        kind.of(another).close();
        another.close();
        assertThatThrownBy(() -> kind.of(another)).isInstanceOf(HeapClosedException.class);
        assertThat(another.committedByteSize()).isZero();
    }

    @Test
    void anArenaOpenedDuringACloseKeepsTheHeapOpenOrIsRefused() throws Exception {
        for (int round = 0; round < 200; round++) {
            DataHeap contested =
                    DataHeap.builder().memory(MemoryDemand.SMALL).capacity(REGION).build();
            try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
                Future<Integer> opener = thread.submit(() -> openUntilClosed(contested));
                boolean closed = false;
                while (!closed) {
                    try {
                        contested.close();
                        closed = true;
                    } catch (BlockStateException arenaIsOpen) {
                        Thread.onSpinWait();
                    }
                }
                assertThat(opener.get(30, TimeUnit.SECONDS)).isNotNegative();
            }
        }
    }

    private static int openUntilClosed(DataHeap contested) {
        int count = 0;
        try {
            while (true) {
                try (Arena arena = contested.confinedArena()) {
                    MemorySegment segment = arena.allocate(64);
                    segment.set(ValueLayout.JAVA_INT, 0, count);
                    assertThat(segment.get(ValueLayout.JAVA_INT, 0)).isEqualTo(count++);
                }
            }
        } catch (HeapClosedException closed) {
            return count;
        }
    }
}
