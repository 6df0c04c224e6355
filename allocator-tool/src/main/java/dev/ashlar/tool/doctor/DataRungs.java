package dev.ashlar.tool.doctor;

import dev.ashlar.DataHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** Tries each backing for data: builds a small heap, writes it to the last byte and reads it back. */
final class DataRungs {
    private static final long REGION_BYTE_SIZE = 2L << 20;
    private static final byte MARK = 42;

    private DataRungs() {}

    static Rung attempt(MemoryDemand memory, Host host) {
        Backing backing = memory.dataLadder().getFirst();
        try (DataHeap heap =
                DataHeap.builder().name("doctor-data").capacity(8 * REGION_BYTE_SIZE).memory(memory).build()) {
            MemorySegment data = heap.allocate(REGION_BYTE_SIZE).fill(MARK);
            int sum = data.get(ValueLayout.JAVA_BYTE, 0) + data.get(ValueLayout.JAVA_BYTE, REGION_BYTE_SIZE - 1);
            HeapAudit audit = heap.audit();
            boolean kept = sum == 2 * MARK;
            boolean usable = kept && audit.isClean();
            return new Rung(backing.label(), usable, describe(backing, kept, audit),
                    usable ? Optional.empty() : Optional.of(Remedy.ofSmallMapping(backing, host)),
                    audit.hugeByteSize(), audit.intendedHugeByteSize());
        } catch (AshlarException refused) {
            List<Refusal> refusals =
                    refused instanceof BackingUnavailableException unavailable ? unavailable.refusals() : List.of();
            return new Rung(backing.label(), false, String.valueOf(refused.getMessage()),
                    Optional.of(Remedy.of(backing, host, refusals)), 0, 0);
        }
    }

    private static String describe(Backing backing, boolean kept, HeapAudit audit) {
        if (!kept) {
            return "data that was written was lost";
        }
        if (!audit.isClean()) {
            return "data was kept, but the kernel maps %d of %d bytes huge, %d mappings misplaced"
                    .formatted(audit.hugeByteSize(), audit.intendedHugeByteSize(), audit.misplaced().size());
        }
        return backing.isHuge()
                ? "data was kept, and the kernel maps it by 2 MiB entries (" + audit.source() + ")"
                : "data was kept";
    }
}
