package dev.ashlar.tool.doctor;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.SecretHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.doctor.Diagnosis.Check;
import dev.ashlar.tool.doctor.Diagnosis.Rung;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Builds a small heap and uses its memory: runs a function in it, or writes bytes and reads them back. */
final class HeapTrial {

    private static final long REGION_BYTE_SIZE = 2L << 20;
    private static final long CAPACITY_BYTE_SIZE = 8 * REGION_BYTE_SIZE;
    private static final int SECRET_BYTE_SIZE = 10_000;
    private static final byte MARK = 42;

    private HeapTrial() {}

    /**
     * What happened in a heap.
     *
     * @param right whether the memory kept what was written
     * @param words the same as a sentence without an end
     */
    private record Use(boolean right, String words, HeapAudit audit) {}

    /** {@return whether code runs in a kind of memory, written on the path ALIAS} */
    static Rung code(MemoryDemand memory, Host host) {
        return rung(memory.ladder(WritePath.ALIAS).getFirst(), host, () -> {
            try (CodeHeap heap = CodeHeap.builder().name("doctor").capacity(CAPACITY_BYTE_SIZE).memory(memory)
                    .writePath(WritePath.ALIAS).build()) {
                heap.precommit(REGION_BYTE_SIZE);
                return run(heap);
            }
        });
    }

    /** {@return whether a kind of memory keeps data, from the first byte of a region to the last} */
    static Rung data(MemoryDemand memory, Host host) {
        return rung(memory.dataLadder().getFirst(), host, () -> {
            try (DataHeap heap = DataHeap.builder().name("doctor-data").capacity(CAPACITY_BYTE_SIZE).memory(memory)
                    .build()) {
                return keep("data", heap.allocate(REGION_BYTE_SIZE), heap.audit());
            }
        });
    }

    /** {@return whether memory outside the kernel's direct map keeps a secret} */
    static Rung secret(Host host) {
        return rung(Backing.SECRET, host, () -> {
            try (SecretHeap heap = SecretHeap.builder().name("doctor-secret").capacity(REGION_BYTE_SIZE).build()) {
                return keep("a secret", heap.allocate(SECRET_BYTE_SIZE), heap.audit());
            }
        });
    }

    /** {@return whether a function runs that was written by a path, in the best memory that this path has here} */
    static WritePathTrial writePath(WritePath path) {
        try (CodeHeap heap = CodeHeap.builder().name("doctor-" + path).capacity(CAPACITY_BYTE_SIZE).writePath(path)
                .build()) {
            Use use = run(heap);
            Backing backing = heap.report().backings().getFirst();
            return new WritePathTrial(path, new Check(path.label(), use.right, use.words + ", in " + backing
                    + " memory"), use.right && backing.isHuge());
        } catch (AshlarException refused) {
            return new WritePathTrial(path, new Check(path.label(), false, String.valueOf(refused.getMessage())),
                    false);
        }
    }

    /** A write path, whether it works, and whether it works on huge pages. */
    record WritePathTrial(WritePath path, Check check, boolean huge) {}

    private static Use run(CodeHeap heap) {
        CodeBlock block = heap.define(ConstantFunction.bytes(MARK));
        int answer = ConstantFunction.call(block.address());
        HeapAudit audit = heap.audit();
        block.free();
        return new Use(answer == MARK, answer == MARK
                ? "a function ran"
                : "a function that returns %d returned %d".formatted(MARK, answer), audit);
    }

    private static Use keep(String what, MemorySegment memory, HeapAudit audit) {
        memory.fill(MARK);
        boolean kept = memory.get(ValueLayout.JAVA_BYTE, 0) == MARK
                && memory.get(ValueLayout.JAVA_BYTE, memory.byteSize() - 1) == MARK;
        return new Use(kept, what + (kept ? " was kept" : " was lost"), audit);
    }

    private static Rung rung(Backing backing, Host host, Supplier<Use> trial) {
        try {
            Use use = trial.get();
            HeapAudit audit = use.audit;
            boolean usable = use.right && audit.isClean();
            return new Rung(backing.label(), usable, describe(backing, use),
                    usable ? Optional.empty() : Optional.of(Remedy.ofSmallMapping(backing, host)),
                    audit.hugeByteSize(), audit.intendedHugeByteSize());
        } catch (AshlarException refused) {
            List<Refusal> refusals =
                    refused instanceof BackingUnavailableException unavailable ? unavailable.refusals() : List.of();
            return new Rung(backing.label(), false, String.valueOf(refused.getMessage()),
                    Optional.of(Remedy.of(backing, host, refusals)), 0, 0);
        }
    }

    private static String describe(Backing backing, Use use) {
        if (!use.right) {
            return use.words;
        }
        HeapAudit audit = use.audit;
        if (!audit.isClean()) {
            return use.words + ", but the kernel maps %d of %d bytes huge, %d mappings writable and executable, %d"
                    .formatted(audit.hugeByteSize(), audit.intendedHugeByteSize(),
                            audit.writableAndExecutable().size(), audit.misplaced().size())
                    + " misplaced";
        }
        return backing.isHuge()
                ? use.words + ", and the kernel maps all of it by 2 MiB entries (" + audit.source() + ")"
                : use.words;
    }
}
