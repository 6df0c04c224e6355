package dev.ashlar.examples.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ashlar.CodeHeap;
import dev.ashlar.examples.filter.Predicate.Relation;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goal: compiled code selects the same rows as the interpreter, and writes nowhere else. */
class CompilersTest {
    private static final int PREDICATE_COUNT = 2_000;
    private static final int GUARD = 0x5a5a5a5a;

    private CodeHeap heap;
    private Placer placer;

    static LongStream seeds() {
        Long given = Long.getLong("ashlar.seed");
        if (given != null) {
            return LongStream.of(given);
        }
        int fresh = Integer.getInteger("ashlar.seeds", 1);
        return LongStream.concat(LongStream.of(1), new SplittableRandom().longs(fresh));
    }

    @BeforeEach
    void open() {
        assumeTrue(HostFeatures.isX86(), "needs an x86-64");
        heap = CodeHeap.create();
        placer = new Placer(heap);
    }

    @AfterEach
    void close() {
        if (heap != null) {
            placer.close();
            assertThat(heap.audit().isSafe()).isTrue();
            heap.close();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void scalarCodeSelectsWhatTheInterpreterSelects(long seed) {
        compareWithInterpreter(seed, ScalarCompiler::compile, code -> placer.scalar(code, "scalar"));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void vectorCodeSelectsWhatTheInterpreterSelects(long seed) {
        requireVectors();
        compareWithInterpreter(seed, VectorCompiler::compile, code -> placer.vector(code, "vector"));
    }

    private static void requireVectors() {
        assumeTrue(HostFeatures.hasVectors(), "needs a processor with AVX2");
    }

    private void compareWithInterpreter(long seed, Function<Predicate, Optional<MachineCode>> compiler,
            Function<MachineCode, Version> place) {
        RandomPredicates draws = new RandomPredicates(new SplittableRandom(seed));
        SplittableRandom random = new SplittableRandom(seed);
        int compiled = 0;
        for (int index = 0; index < PREDICATE_COUNT; index++) {
            Predicate predicate = draws.predicate(random.nextInt(4));
            Optional<MachineCode> code = compiler.apply(predicate);
            if (code.isPresent()) {
                compiled++;
                Version version = place.apply(code.get());
                try (Arena arena = Arena.ofConfined()) {
                    Table table = draws.table(arena, random.nextInt(70));
                    assertThat(select(version, table, arena))
                            .as("seed=" + seed + ", rows=" + table.rowCount() + ", " + predicate)
                            .containsExactly(interpret(predicate, table, arena));
                }
                free(version);
            }
        }
        assertThat(compiled).as("seed=" + seed).isGreaterThan(PREDICATE_COUNT / 2);
    }

    private static void free(Version version) {
        switch (version) {
            case Version.Scalar scalar -> scalar.block().free();
            case Version.Vector vector -> vector.unit().free();
            case Version.Interpreted interpreted -> interpreted.life().close();
        }
    }

    private static int[] interpret(Predicate predicate, Table table, Arena arena) {
        MemorySegment selection = arena.allocate(ValueLayout.JAVA_INT, table.rowCount());
        int count = Interpreter.select(predicate, table.columns(), table.rowCount(), selection);
        return selection.asSlice(0, (long) count * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
    }

    /** Calls a version with a selection that has guards on both sides. */
    private static int[] select(Version version, Table table, Arena arena) {
        long room = (long) table.rowCount() * Integer.BYTES;
        MemorySegment guarded = arena.allocate(ValueLayout.JAVA_INT, table.rowCount() + 16L);
        for (int index = 0; index < table.rowCount() + 16; index++) {
            guarded.setAtIndex(ValueLayout.JAVA_INT, index, GUARD);
        }
        MemorySegment selection = guarded.asSlice(8L * Integer.BYTES, room);
        int count = call(version, table, selection);
        for (int index = 0; index < 8; index++) {
            assertThat(guarded.getAtIndex(ValueLayout.JAVA_INT, index)).isEqualTo(GUARD);
            assertThat(guarded.getAtIndex(ValueLayout.JAVA_INT, 8L + table.rowCount() + index)).isEqualTo(GUARD);
        }
        return selection.asSlice(0, (long) count * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
    }

    @SuppressWarnings("restricted")
    private static int call(Version version, Table table, MemorySegment selection) {
        MethodHandle handle = Linker.nativeLinker()
                .downcallHandle(MemorySegment.ofAddress(version.address()), Version.FUNCTION);
        try {
            return (int) handle.invokeExact(table.addresses(), table.rowCount(), selection);
        } catch (Throwable thrown) {
            throw new AssertionError(thrown);
        }
    }

    @Test
    void theInterpreterCalledFromMachineCodeSelectsTheSameRows() {
        RandomPredicates draws = new RandomPredicates(new SplittableRandom(1));
        for (int index = 0; index < 50; index++) {
            Predicate predicate = draws.predicate(3);
            try (Arena arena = Arena.ofConfined()) {
                Table table = draws.table(arena, index);
                Version version = placer.interpreted(predicate, RandomPredicates.TYPES);
                assertThat(select(version, table, arena)).containsExactly(interpret(predicate, table, arena));
                free(version);
            }
        }
    }

    @Test
    void aPredicateThatNeedsTooManyRegistersIsNotCompiled() {
        Predicate sixColumns = reads(0);
        for (int index = 1; index < 6; index++) {
            sixColumns = sixColumns.and(reads(index));
        }
        Predicate deep = reads(0);
        for (int level = 0; level < 4; level++) {
            deep = deep.and(deep);
        }
        Predicate chain = reads(0);
        for (int link = 0; link < 100; link++) {
            chain = reads(link % 5).or(chain);
        }

        assertThat(ScalarCompiler.compile(sixColumns)).isEmpty();
        assertThat(VectorCompiler.compile(deep)).isEmpty();
        assertThat(ScalarCompiler.compile(chain)).isPresent();
    }

    private static Predicate reads(int column) {
        return Value.column(column, ColumnType.INT).is(Relation.LESS, Value.constant(3));
    }

    @Test
    void aProductOfLongsIsCompiledForSingleRowsOnly() {
        Value square = Value.column(0, ColumnType.LONG).times(Value.column(0, ColumnType.LONG));
        Predicate predicate = square.is(Relation.EQUAL, Value.constant(4L));

        assertThat(ScalarCompiler.compile(predicate)).isPresent();
        assertThat(VectorCompiler.compile(predicate)).isEmpty();
    }

    @Test
    void equalConstantsShareAPlace() {
        requireVectors();
        Predicate predicate = reads(0).and(reads(1)).or(reads(2));

        // The other constant is the number of lanes.
        assertThat(VectorCompiler.compile(predicate).orElseThrow().constants()).hasSize(2 * Long.BYTES);
    }
}
