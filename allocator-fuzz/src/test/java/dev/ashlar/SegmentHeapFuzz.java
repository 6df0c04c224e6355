package dev.ashlar;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.TrimEffort;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.HeapStats;
import dev.ashlar.report.WrongAddressException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads any bytes as calls of a {@link DataHeap} or a {@link SecretHeap} with any arguments. Only declared exceptions
 * come out; memory is zero at first, live blocks keep their contents and never overlap; and when all is freed, nothing
 * is left.
 */
public final class SegmentHeapFuzz {
    private static final int STEP_COUNT_MAX = 400;

    private final Script script;
    private final Heap heap;
    private final long capacity;
    private final Ranges ranges = new Ranges();
    private final Map<Long, Held> segments = new HashMap<>();
    private final Map<Long, Contents> addresses = new HashMap<>();
    private final List<HeldArena> arenas = new ArrayList<>();
    private int nextMark;

    private record Held(MemorySegment segment, Contents contents) {}

    private static final class HeldArena {
        final Arena arena;
        final boolean isConfined;
        final Map<MemorySegment, Contents> segments = new LinkedHashMap<>();
        boolean isClosed;

        HeldArena(Arena arena, boolean isConfined) {
            this.arena = arena;
            this.isConfined = isConfined;
        }
    }

    private SegmentHeapFuzz(Script script, Heap heap) {
        this.script = script;
        this.heap = heap;
        this.capacity = heap.report().capacityByteSize();
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        Script script = new Script(input);
        boolean isSecret = script.below(4) == 3;
        long capacity = (1L + script.below(8)) << 21;
        Heap heap = isSecret
                ? SecretHeap.builder().capacity(capacity).build()
                : DataHeap.builder().memory(MemoryDemand.SMALL).capacity(capacity).withoutPreparedRegions().build();
        new SegmentHeapFuzz(script, heap).run();
    }

    private void run() {
        for (int count = 0; count < STEP_COUNT_MAX && !script.isAtEnd(); count++) {
            step();
        }
        end();
        HeapStats stats = heap.stats();
        Check.require(stats.liveBlockCount() == 0 && stats.liveByteSize() == 0, "left: " + stats);
        heap.space().blocks().checkInvariants();
        HeapReport report = heap.report();
        heap.close();
        Check.require(heap.committedByteSize() == 0, "committed after close: " + heap.committedByteSize());
        Traces.requireNone(report);
        Check.refuses(HeapClosedException.class, () -> allocator().allocate(1, 1));
        Check.refuses(HeapClosedException.class, heap::stats);
        heap.close();
    }

    private SegmentAllocator allocator() {
        return (SegmentAllocator) heap;
    }

    private void step() {
        switch (script.below(8)) {
            case 0, 1 -> allocate();
            case 2, 3 -> freeSegment();
            case 4, 5 -> arena();
            case 6 -> {
                if (heap instanceof DataHeap data) {
                    address(data.addresses());
                }
            }
            default -> wholeHeap();
        }
    }

    private void allocate() {
        long byteSize = script.size() - 1;
        long byteAlignment = script.isChosen() ? script.alignment() : 1;
        MemorySegment[] result = new MemorySegment[1];
        RuntimeException refusal =
                Check.refusal(script, () -> result[0] = allocator().allocate(byteSize, byteAlignment));
        Check.argumentsWere(
                byteSize >= 0 && byteSize <= capacity && Check.isAlignment(byteAlignment), refusal);
        if (refusal == null) {
            long address = result[0].address();
            ranges.add(address, Math.max(byteSize, 1), byteAlignment);
            segments.put(address, new Held(result[0], fresh(result[0], byteSize)));
        }
    }

    /** Checks that memory is zero, and marks it. */
    private @Nullable Contents fresh(MemorySegment segment, long byteSize) {
        Check.require(segment.byteSize() == byteSize, "asked for " + byteSize + ": " + segment);
        if (byteSize == 0) {
            return null;
        }
        Contents.filledWith((byte) 0, byteSize).requireIn(segment);
        Contents contents = Contents.marked(nextMark++, byteSize);
        contents.writeTo(segment);
        return contents;
    }

    private static void require(@Nullable Contents contents, MemorySegment segment) {
        if (contents != null) {
            contents.requireIn(segment);
        }
    }

    private void freeSegment() {
        long address = ranges.address(script);
        Held held = segments.get(address);
        MemorySegment argument = switch (script.below(4)) {
            case 0 -> MemorySegment.ofAddress(address);
            case 1 -> MemorySegment.ofArray(new byte[8]);
            case 2 -> held == null ? MemorySegment.NULL : held.segment.asSlice(0, held.segment.byteSize() / 2);
            default -> held == null ? MemorySegment.ofAddress(address) : held.segment;
        };
        boolean isRight = held != null && argument.scope().equals(held.segment.scope())
                && argument.address() == address;
        if (isRight) {
            require(held.contents, held.segment);
        }
        RuntimeException refusal = Check.refusal(script, () -> free(argument));
        Check.require(isRight == (refusal == null), "free() of " + argument + ": " + refusal);
        Check.require(isRight || refusal instanceof WrongAddressException, "free() of " + argument + ": " + refusal);
        if (isRight) {
            segments.remove(address);
            ranges.remove(address);
        }
    }

    private void free(MemorySegment segment) {
        switch (heap) {
            case DataHeap data -> data.free(segment);
            case SecretHeap secret -> secret.free(segment);
            case CodeHeap code -> throw new AssertionError(code);
        }
    }

    private void arena() {
        if (arenas.isEmpty() || script.below(8) == 0) {
            boolean isConfined = script.isChosen();
            arenas.add(new HeldArena(newArena(isConfined), isConfined));
            return;
        }
        HeldArena held = script.oneOf(arenas);
        if (script.below(8) == 7) {
            check(held);
            RuntimeException refusal = Check.refusal(held.arena::close, IllegalStateException.class);
            Check.require((refusal == null) == !held.isClosed, "close(): " + refusal);
            end(held);
            return;
        }
        long byteSize = script.size() - 1;
        long byteAlignment = script.isChosen() ? script.alignment() : 1;
        MemorySegment[] result = new MemorySegment[1];
        RuntimeException refusal = Check.refusal(script,
                () -> result[0] = held.arena.allocate(byteSize, byteAlignment),
                IllegalStateException.class, WrongThreadException.class);
        if (!held.isClosed && !(refusal instanceof WrongThreadException)) {
            Check.argumentsWere(
                    byteSize >= 0 && byteSize <= capacity && Check.isAlignment(byteAlignment), refusal);
        }
        Check.require(held.isConfined || !(refusal instanceof WrongThreadException), "a shared arena: " + refusal);
        if (refusal == null) {
            Check.require(!held.isClosed, "a closed arena gave memory");
            if (byteSize > 0) {
                ranges.add(result[0].address(), byteSize, byteAlignment);
            }
            Contents contents = fresh(result[0], byteSize);
            if (contents != null) {
                held.segments.put(result[0], contents);
            }
        } else if (refusal instanceof IllegalStateException) {
            Check.require(held.isClosed, "an open arena: " + refusal);
        }
    }

    private Arena newArena(boolean isConfined) {
        return switch (heap) {
            case DataHeap data -> isConfined ? data.confinedArena() : data.sharedArena();
            case SecretHeap secret -> isConfined ? secret.confinedArena() : secret.sharedArena();
            case CodeHeap code -> throw new AssertionError(code);
        };
    }

    private static void check(HeldArena held) {
        held.segments.forEach((segment, contents) -> contents.requireIn(segment));
    }

    private void end(HeldArena held) {
        held.isClosed = true;
        held.segments.keySet().forEach(segment -> {
            ranges.remove(segment.address());
            Check.require(!segment.scope().isAlive(), "a segment of a closed arena");
        });
        held.segments.clear();
    }

    private void address(DataAddresses data) {
        if (script.below(3) == 0) {
            allocate(data);
            return;
        }
        long address = ranges.address(script);
        Contents contents = addresses.get(address);
        if (script.isChosen()) {
            require(contents, contents == null ? MemorySegment.NULL : Memory.at(address, contents.byteSize()));
            RuntimeException refusal = Check.refusal(script, () -> data.free(address));
            Check.require((contents != null) == (refusal == null), "free() of " + address + ": " + refusal);
            Check.require(refusal == null || refusal instanceof WrongAddressException, "free(): " + refusal);
            if (refusal == null) {
                addresses.remove(address);
                ranges.remove(address);
            }
        } else {
            long found = data.blockContaining(address);
            RuntimeException refusal = Check.refusal(() -> data.usableByteSize(address));
            Check.require((found == address && found != 0) == (refusal == null), "usableByteSize: " + refusal);
            Check.require(!addresses.containsKey(address) && !segments.containsKey(address) || found == address,
                    "the block at " + address + " is at " + found);
        }
    }

    private void allocate(DataAddresses data) {
        long byteSize = script.size();
        long byteAlignment = script.isChosen() ? script.alignment() : 1;
        boolean isZeroed = script.isChosen();
        long[] result = new long[1];
        RuntimeException refusal = Check.refusal(script, () -> result[0] = isZeroed
                ? data.allocateZeroed(byteSize, byteAlignment)
                : data.allocate(byteSize, byteAlignment));
        Check.argumentsWere(byteSize >= 1 && byteSize <= capacity && Check.isAlignment(byteAlignment), refusal);
        if (refusal == null) {
            MemorySegment memory = Memory.at(result[0], byteSize);
            Check.require(data.usableByteSize(result[0]) >= byteSize, "usableByteSize()");
            ranges.add(result[0], data.usableByteSize(result[0]), byteAlignment);
            if (isZeroed) {
                Contents.filledWith((byte) 0, byteSize).requireIn(memory);
            }
            Contents contents = Contents.marked(nextMark++, byteSize);
            contents.writeTo(memory);
            addresses.put(result[0], contents);
        }
    }

    private void wholeHeap() {
        switch (script.below(8)) {
            case 0 -> heap.trim();
            case 1, 2 -> {
                if (heap instanceof DataHeap data) {
                    data.trim(TrimEffort.FREE_PAGES);
                }
            }
            case 3 -> {
                if (heap instanceof DataHeap data) {
                    long byteSize = script.number();
                    RuntimeException refusal = Check.refusal(script, () -> data.precommit(byteSize));
                    Check.argumentsWere(byteSize >= 1 && byteSize <= capacity, refusal);
                }
            }
            case 4 -> heap.space().blocks().checkInvariants();
            case 5 -> {
                // It takes as long as a hundred other calls.
                if (script.below(16) == 15) {
                    Check.require(heap.audit().isClean(), "the kernel's tables are not as intended");
                }
            }
            case 6 -> Check.refuses(NullPointerException.class, () -> free(null));
            default -> {
                try (Arena _ = newArena(script.isChosen())) {
                    Check.refuses(BlockStateException.class, heap::close);
                }
            }
        }
    }

    /** Checks everything, and frees it. */
    private void end() {
        for (HeldArena held : arenas) {
            check(held);
            if (!held.isClosed) {
                held.arena.close();
            }
        }
        segments.forEach((address, held) -> {
            require(held.contents, held.segment);
            free(held.segment);
            Check.refuses(WrongAddressException.class, () -> free(held.segment));
        });
        if (heap instanceof DataHeap data) {
            addresses.forEach((address, contents) -> {
                contents.requireIn(Memory.at(address, contents.byteSize()));
                data.addresses().free(address);
            });
        }
    }
}
