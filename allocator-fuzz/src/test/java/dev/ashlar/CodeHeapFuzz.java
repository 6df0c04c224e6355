package dev.ashlar;

import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.HeapStats;
import java.util.List;

/**
 * Reads any bytes as calls of a {@link CodeHeap} with any arguments. Only declared exceptions come out; live blocks
 * keep their contents and never overlap; and when all is freed, nothing is left.
 */
public final class CodeHeapFuzz {
    private static final int STEP_COUNT_MAX = 400;

    private CodeHeapFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        Script script = new Script(input);
        // The collector runs once for each of these.
        boolean isCollecting = script.below(64) == 63;
        // It takes as long as all the rest.
        boolean isAudited = script.below(16) == 15;
        CodeHeap heap = open(script);
        steps(script, heap, isCollecting);
        HeapStats stats = heap.stats();
        for (int attempt = 0; isCollecting && stats.liveBlockCount() > 0 && attempt < 100; attempt++) {
            System.gc();
            stats = heap.stats();
        }
        Check.require(stats.liveBlockCount() == 0 && stats.liveByteSize() == 0, "left: " + stats);
        heap.space().blocks().checkInvariants();
        Check.require(!isAudited || heap.audit().isClean(), "the kernel's tables are not as intended");
        HeapReport report = heap.report();
        heap.close();
        Check.require(heap.committedByteSize() == 0, "committed after close: " + heap.committedByteSize());
        Traces.requireNone(report);
        Check.refuses(HeapClosedException.class, () -> heap.allocate(1));
        Check.refuses(HeapClosedException.class, heap::stats);
        heap.close();
    }

    private static CodeHeap open(Script script) {
        CodeHeapBuilder builder = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .writePath(script.oneOf(List.of(WritePath.values())))
                .constants(script.oneOf(List.of(ConstantPlacement.values())))
                .capacity((1 + script.below(8)) << 21)
                .withoutPreparedRegions();
        return (script.below(4) == 3 ? builder.checkLateWrites() : builder).build();
    }

    /** Makes the calls, and frees everything at the end. Holds all that is reachable. */
    private static void steps(Script script, CodeHeap heap, boolean isCollecting) {
        Ranges ranges = new Ranges();
        BlockSteps blocks = new BlockSteps(script, heap, ranges, isCollecting);
        AddressSteps addresses = new AddressSteps(script, heap, ranges);
        UnitSteps units = new UnitSteps(script, heap);
        TrampolineSteps trampolines = new TrampolineSteps(script, heap);
        for (int count = 0; count < STEP_COUNT_MAX && !script.isAtEnd(); count++) {
            switch (script.below(8)) {
                case 0, 1, 2 -> blocks.step();
                case 3, 4 -> addresses.step();
                case 5 -> units.step();
                case 6 -> trampolines.step();
                default -> wholeHeap(script, heap);
            }
        }
        blocks.end();
        addresses.end();
        units.end();
        trampolines.end();
    }

    private static void wholeHeap(Script script, CodeHeap heap) {
        switch (script.below(8)) {
            case 0 -> heap.trim();
            case 1 -> {
                long byteSize = script.number();
                RuntimeException refusal = Check.refusal(script, () -> heap.precommit(byteSize));
                Check.argumentsWere(byteSize >= 1 && byteSize <= heap.report().capacityByteSize(), refusal);
            }
            case 2 -> heap.heal();
            case 3 -> heap.space().blocks().checkInvariants();
            case 4 -> {
                // It takes as long as a hundred other calls.
                if (script.below(16) == 15) {
                    Check.require(heap.audit().isClean(), "the kernel's tables are not as intended");
                }
            }
            case 5 -> Check.refuses(NullPointerException.class, () -> heap.define((byte[]) null));
            case 6 -> Check.refuses(IllegalArgumentException.class, () -> heap.define(new byte[0]));
            default -> {
                try (CodeGroup _ = heap.openGroup()) {
                    Check.refuses(BlockStateException.class, heap::close);
                }
            }
        }
    }
}
