package dev.ashlar.llvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ashlar.CodeHeap;
import dev.ashlar.CodeUnit;
import dev.ashlar.UnitPart;
import dev.ashlar.llvm.capi.CFunctions;
import dev.ashlar.llvm.capi.CText;
import dev.ashlar.llvm.capi.Callback;
import dev.ashlar.memory.UnitSizes;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ORC with JITLink: a unit for each object. The other half is jitlink.cpp; no function that it calls throws. */
final class JitlinkLayer implements OrcLayer {
    private static final int PART_COUNT = 3;
    /** A struct Place: the address, and where to write. */
    private static final int PLACE_WORDS = 2;

    private final CFunctions shim;
    private final CodeHeap heap;
    private final int optimization;
    private final Arena arena = Arena.ofShared();
    private final Map<Long, CodeUnit> units = new HashMap<>();
    private long lastNumber;
    private @Nullable Throwable failure;

    JitlinkLayer(CFunctions shim, CodeHeap heap, int optimization) {
        this.shim = shim;
        this.heap = heap;
        this.optimization = optimization;
    }

    @Override
    public MemorySegment target() {
        return shim.pointer("ashlar_jitlink_target", optimization);
    }

    @Override
    public MemorySegment create(MemorySegment session) {
        MemorySegment functions = arena.allocate(ADDRESS, PART_COUNT);
        functions.setAtIndex(ADDRESS, 0, function("allocate", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS)));
        functions.setAtIndex(ADDRESS, 1, function("publish", FunctionDescriptor.of(JAVA_INT, JAVA_LONG)));
        functions.setAtIndex(ADDRESS, 2, function("free", FunctionDescriptor.ofVoid(JAVA_LONG)));
        return shim.pointer("ashlar_jitlink_layer", session, functions);
    }

    private MemorySegment function(String method, FunctionDescriptor type) {
        return Callback.of(MethodHandles.lookup(), this, method, type, arena);
    }

    // Called by jitlink.cpp, as the next two.
    long allocate(MemorySegment request, MemorySegment places) {
        try {
            MemorySegment wanted = CText.sized(request, 2 * PART_COUNT * Long.BYTES);
            MemorySegment result = CText.sized(places, PLACE_WORDS * PART_COUNT * Long.BYTES);
            CodeUnit unit = heap.allocateUnit(new UnitSizes(
                    Math.max(1, wanted.getAtIndex(JAVA_LONG, 0)),
                    wanted.getAtIndex(JAVA_LONG, 1),
                    wanted.getAtIndex(JAVA_LONG, 2),
                    wanted.getAtIndex(JAVA_LONG, PART_COUNT),
                    wanted.getAtIndex(JAVA_LONG, PART_COUNT + 1),
                    wanted.getAtIndex(JAVA_LONG, PART_COUNT + 2)));
            lastNumber++;
            units.put(lastNumber, unit);
            put(result, 0, unit.code());
            unit.constants().ifPresent(part -> put(result, 1, part));
            unit.data().ifPresent(part -> put(result, 2, part));
            return lastNumber;
        } catch (Throwable e) {
            note(e);
            return -1;
        }
    }

    private static void put(MemorySegment places, int index, UnitPart part) {
        places.setAtIndex(JAVA_LONG, (long) PLACE_WORDS * index, part.address());
        places.setAtIndex(JAVA_LONG, (long) PLACE_WORDS * index + 1, part.writable().address());
    }

    /** {@return zero, or one if the unit must not run} */
    int publish(long number) {
        try {
            unit(number).publish();
            return 0;
        } catch (Throwable e) {
            note(e);
            return 1;
        }
    }

    void free(long number) {
        try {
            unit(number).free();
            units.remove(number);
        } catch (Throwable e) {
            note(e);
        }
    }

    private CodeUnit unit(long number) {
        CodeUnit unit = units.get(number);
        if (unit == null) {
            throw new IllegalStateException("no unit of number " + number);
        }
        return unit;
    }

    private void note(Throwable refused) {
        failure = failure == null ? refused : failure;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public void close() {
        arena.close();
    }
}
