package dev.ashlar.examples.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.CodeHeap;
import dev.ashlar.examples.filter.Predicate.Relation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: a filter gets better while it runs, and its old versions are freed when no thread can be in them. */
class FilterEngineTest {
    private static final int ROW_COUNT = 100;
    private static final List<ColumnType> TYPES = List.of(ColumnType.INT);
    private static final TierUp SCALAR_ONLY = new TierUp(100, TierUp.NEVER);

    private final Arena arena = Arena.ofShared();
    private CodeHeap heap;
    private Table table;
    private MemorySegment selection;

    @BeforeEach
    void open() {
        assumeTrue(HostFeatures.isX86(), "needs an x86-64");
        heap = CodeHeap.create();
        table = new Table(TYPES, ROW_COUNT, arena);
        for (int row = 0; row < ROW_COUNT; row++) {
            table.columns().getFirst().setAtIndex(ValueLayout.JAVA_INT, row, row);
        }
        selection = arena.allocate(ValueLayout.JAVA_INT, ROW_COUNT);
    }

    @AfterEach
    void close() {
        if (heap != null) {
            assertThat(heap.stats().liveByteSize()).as("bytes that the engine left behind").isZero();
            assertThat(heap.audit().isSafe()).isTrue();
            heap.close();
        }
        arena.close();
    }

    private static Predicate below(int limit) {
        return Value.column(0, ColumnType.INT).is(Relation.LESS, Value.constant(limit));
    }

    @Test
    void aFilterIsInterpretedThenScalarThenVector() {
        assumeTrue(HostFeatures.hasVectors(), "needs a processor with AVX2");
        try (FilterEngine engine = new FilterEngine(heap, new TierUp(200, 500));
                Filter filter = engine.compile("below 7", below(7), TYPES);
                FilterThread self = engine.register()) {
            List<Tier> tiers = new ArrayList<>();
            for (int call = 0; call < 6; call++) {
                tiers.add(filter.tier());
                assertThat(self.select(filter, table, selection)).isEqualTo(7);
            }
            assertThat(tiers).containsExactly(Tier.INTERPRETED, Tier.INTERPRETED, Tier.SCALAR, Tier.SCALAR,
                    Tier.SCALAR, Tier.VECTOR);
            assertThat(selection.asSlice(0, 28).toArray(ValueLayout.JAVA_INT)).containsExactly(0, 1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void withoutVectorsAFilterStaysScalar() {
        try (FilterEngine engine = new FilterEngine(heap, SCALAR_ONLY);
                Filter filter = engine.compile("below 7", below(7), TYPES);
                FilterThread self = engine.register()) {
            for (int call = 0; call < 50; call++) {
                assertThat(self.select(filter, table, selection)).isEqualTo(7);
            }
            assertThat(filter.tier()).isEqualTo(Tier.SCALAR);
        }
    }

    @Test
    void aPredicateThatCannotBeCompiledStaysInterpreted() {
        Predicate deep = below(7);
        for (int level = 0; level < 4; level++) {
            deep = deep.and(deep);
        }
        try (FilterEngine engine = new FilterEngine(heap, TierUp.DEFAULT);
                Filter filter = engine.compile("deep", deep, TYPES);
                FilterThread self = engine.register()) {
            for (int call = 0; call < 200; call++) {
                assertThat(self.select(filter, table, selection)).isEqualTo(7);
            }
            assertThat(filter.tier()).isEqualTo(Tier.INTERPRETED);
        }
    }

    @Test
    void anOldVersionWaitsForEachThreadThatMayRunIt() throws Exception {
        try (FilterEngine engine = new FilterEngine(heap, SCALAR_ONLY);
                Filter filter = engine.compile("below 7", below(7), TYPES);
                FilterThread self = engine.register()) {
            CountDownLatch registered = new CountDownLatch(1);
            CountDownLatch replaced = new CountDownLatch(1);
            Thread other = Thread.ofPlatform().start(() -> {
                FilterThread idle = engine.register();
                registered.countDown();
                awaitQuietly(replaced);
                idle.close();
            });
            registered.await();
            self.select(filter, table, selection);
            assertThat(filter.tier()).isEqualTo(Tier.SCALAR);
            for (int call = 0; call < 200; call++) {
                self.select(filter, table, selection);
            }
            assertThat(engine.oldVersionCount()).as("held up by the other thread").isEqualTo(1);

            replaced.countDown();
            other.join();
            for (int call = 0; call < 200; call++) {
                self.select(filter, table, selection);
            }
            assertThat(engine.oldVersionCount()).isZero();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Threads take whatever filter is current, while the main thread replaces it and closes the old one. */
    @Test
    void filtersAreReplacedUnderRunningThreads() throws Exception {
        int replacements = Integer.getInteger("ashlar.replacements", 2_000);
        long seed = Long.getLong("ashlar.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        AtomicReference<Limited> current = new AtomicReference<>();
        CountDownLatch running = new CountDownLatch(3);
        try (FilterEngine engine = new FilterEngine(heap, new TierUp(150, 300));
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            current.set(limited(engine, 1));
            List<Future<Long>> runs = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                runs.add(threads.submit(() -> runUntilNull(engine, current, running)));
            }
            running.await();
            for (int index = 0; index < replacements; index++) {
                Limited old = current.getAndSet(limited(engine, random.nextInt(ROW_COUNT + 1)));
                if (random.nextInt(4) == 0) {
                    Thread.sleep(0, 100_000);
                }
                old.filter.close();
            }
            current.getAndSet(null).filter.close();
            for (Future<Long> run : runs) {
                assertThat(run.get(60, TimeUnit.SECONDS)).as("seed=" + seed).isPositive();
            }
            assertThat(engine.oldVersionCount()).as("seed=" + seed).isLessThan(2 * replacements);
        }
    }

    private record Limited(Filter filter, int limit) {}

    private static Limited limited(FilterEngine engine, int limit) {
        return new Limited(engine.compile("below " + limit, below(limit), TYPES), limit);
    }

    private long runUntilNull(FilterEngine engine, AtomicReference<Limited> current, CountDownLatch running) {
        long calls = 0;
        try (FilterThread self = engine.register(); Arena own = Arena.ofConfined()) {
            MemorySegment mine = own.allocate(ValueLayout.JAVA_INT, ROW_COUNT);
            for (Limited now = current.get(); now != null; now = current.get()) {
                try {
                    assertThat(self.select(now.filter, table, mine)).isEqualTo(now.limit);
                    calls++;
                } catch (IllegalStateException closed) {
                    assertThat(closed).hasMessageContaining("is closed");
                }
                running.countDown();
            }
        }
        return calls;
    }

    @Test
    void wrongArgumentsAreRefused() {
        try (FilterEngine engine = new FilterEngine(heap, TierUp.DEFAULT); FilterThread self = engine.register()) {
            assertThatThrownBy(() -> engine.compile("long", below(1), List.of(ColumnType.LONG)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no such column: Column[index=0, type=INT], columns=[LONG]");
            Predicate deep = IntStream.range(0, 501).boxed()
                    .reduce(below(7), (inner, _) -> inner.not(), (first, _) -> first);
            assertThatThrownBy(() -> engine.compile("deep", deep, TYPES))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("predicate too deep: allowed=500 levels");
            Filter filter = engine.compile("below 7", below(7), TYPES);
            Table other = new Table(List.of(ColumnType.LONG), 1, arena);
            assertThatThrownBy(() -> self.select(filter, other, selection))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("filter below 7 expects other columns: expected=[INT], found=[LONG]");
            for (MemorySegment bad : List.of(selection.asSlice(4), selection.asReadOnly(),
                    MemorySegment.ofArray(new int[ROW_COUNT]))) {
                assertThatThrownBy(() -> self.select(filter, table, bad))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("no room for the selection: expected=400 bytes of native memory");
            }
            filter.close();
            assertThatThrownBy(() -> self.select(filter, table, selection))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("filter below 7 is closed");
            assertThatThrownBy(() -> Value.constant(1).plus(Value.constant(1L)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("types do not mix: left=INT, right=LONG");
            assertThatThrownBy(() -> new Value.Constant(ColumnType.INT, 1L << 40))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Value.column(-1, ColumnType.INT)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Table(TYPES, -1, arena)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new TierUp(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anEngineIsNotClosedWhileAThreadIsRegistered() {
        FilterEngine engine = new FilterEngine(heap, TierUp.DEFAULT);
        FilterThread self = engine.register();
        assertThatThrownBy(engine::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("threads may run filters: count=1");
        self.close();
        self.close();
        engine.close();
        engine.close();
    }

    @Test
    void anotherThreadMayNotRunFiltersByThisThreadsRegistration() throws InterruptedException {
        try (FilterEngine engine = new FilterEngine(heap, TierUp.DEFAULT); FilterThread self = engine.register()) {
            Filter filter = engine.compile("below 7", below(7), TYPES);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread.ofPlatform().start(() -> {
                try {
                    self.select(filter, table, selection);
                } catch (WrongThreadException wrong) {
                    thrown.set(wrong);
                }
            }).join();
            assertThat(thrown.get()).isInstanceOf(WrongThreadException.class);
        }
    }
}
