package dev.ashlar.examples.filter;

import static java.lang.invoke.MethodType.methodType;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeUnit;
import dev.ashlar.UnitPart;
import dev.ashlar.examples.filter.MachineCode.Fixup;
import dev.ashlar.examples.filter.MachineCode.Target;
import dev.ashlar.memory.Domain;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.stream.IntStream;

/** Places code in a heap: every call that takes memory for code is here. */
final class Placer implements AutoCloseable {
    private static final int LINE_COUNT = 1 << VectorCompiler.LANE_COUNT;
    private static final long CACHE_LINE = 64;
    private static final int LONGEST_NAME = 900;
    private static final MethodHandle INTERPRET = interpret();

    private final CodeHeap heap;
    private final CodeAddresses tables;
    private final long laneTable;

    Placer(CodeHeap heap) {
        this.heap = heap;
        this.tables = heap.addresses(Domain.RODATA);
        MemorySegment lines = MemorySegment.ofArray(laneTable());
        this.laneTable = tables.allocate(lines.byteSize(), CACHE_LINE);
        tables.write(laneTable, 0, lines, 0, lines.byteSize());
        tables.publish(laneTable);
    }

    /** {@return for each mask of eight bits the numbers of its set bits, in ascending order, in eight bytes} */
    private static byte[] laneTable() {
        byte[] table = new byte[LINE_COUNT * VectorCompiler.LANE_COUNT];
        for (int mask = 0; mask < LINE_COUNT; mask++) {
            int next = mask * VectorCompiler.LANE_COUNT;
            for (int lane = 0; lane < VectorCompiler.LANE_COUNT; lane++) {
                if ((mask >> lane & 1) != 0) {
                    table[next++] = (byte) lane;
                }
            }
        }
        return table;
    }

    /** {@return a version that calls the interpreter} */
    @SuppressWarnings("restricted")
    Version.Interpreted interpreted(Predicate predicate, List<ColumnType> types) {
        Arena life = Arena.ofShared();
        MethodHandle interpret = MethodHandles.insertArguments(INTERPRET, 0, predicate, types);
        return new Version.Interpreted(Linker.nativeLinker().upcallStub(interpret, Version.FUNCTION, life), life);
    }

    /** {@return a version in a block of its own; the code has no constants} */
    Version scalar(MachineCode compiled, String filter) {
        return new Version.Scalar(heap.define(compiled.code(), nameOf(filter, Tier.SCALAR)));
    }

    /** {@return a version in a unit; the distances to its constants and to the lane table are written first} */
    Version vector(MachineCode compiled, String filter) {
        return new Version.Vector(heap.define(
                MemorySegment.ofArray(compiled.code()),
                MemorySegment.ofArray(compiled.constants()),
                unit -> {
                    relocate(unit, compiled.fixups());
                    unit.named(nameOf(filter, Tier.VECTOR));
                }));
    }

    /** {@return what profilers, debuggers and errors call a version} */
    private static String nameOf(String filter, Tier tier) {
        return filter.substring(0, Math.min(filter.length(), LONGEST_NAME)) + " (" + tier + ")";
    }

    private void relocate(CodeUnit unit, List<Fixup> fixups) {
        long constants = unit.constants().map(UnitPart::address).orElse(0L);
        for (Fixup fixup : fixups) {
            unit.code().rel32(fixup.offset(), switch (fixup.target()) {
                case Target.Constant(int offset) -> constants + offset;
                case Target.LaneTable() -> laneTable;
            });
        }
    }

    /** Frees the lane table. The caller has freed all code before. */
    @Override
    public void close() {
        tables.free(laneTable);
    }

    /** Runs on behalf of machine code. It throws nothing: that would end the JVM. */
    @SuppressWarnings({"restricted", "UnusedMethod"})
    private static int interpret(Predicate predicate, List<ColumnType> types, MemorySegment addresses, int rowCount,
            MemorySegment selection) {
        MemorySegment pointers = addresses.reinterpret((long) types.size() * Long.BYTES);
        List<MemorySegment> columns = IntStream.range(0, types.size())
                .mapToObj(index -> pointers.getAtIndex(ValueLayout.ADDRESS, index)
                        .reinterpret((long) rowCount * types.get(index).byteSize()))
                .toList();
        return Interpreter.select(predicate, columns, rowCount,
                selection.reinterpret((long) rowCount * Integer.BYTES));
    }

    private static MethodHandle interpret() {
        try {
            return MethodHandles.lookup().findStatic(Placer.class, "interpret", methodType(int.class, Predicate.class,
                    List.class, MemorySegment.class, int.class, MemorySegment.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
