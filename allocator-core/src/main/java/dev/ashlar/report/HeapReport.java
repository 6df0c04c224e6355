package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import java.util.List;

/**
 * What a heap asked the host for, what it got, and why it did not get the rest.
 *
 * @param name the heap's name, as in {@code /proc/self/maps}
 * @param memory what the caller demanded
 * @param writePath the write path in use
 * @param hardening what protects published code and constants from the rest of the process
 * @param backings the backings of the committed regions, in the order in which they came into use
 * @param refusals what the host refused: one for each backing and error with its latest call, in the order of
 *     those calls
 * @param executableAddress where the read+execute view of the span starts
 * @param writableAddress where the read+write view of the span starts
 * @param capacityByteSize bytes of the span
 * @param pinnedByteSize bytes of address space, in all views, that closing the heap does not give back: they stay
 *     taken, without memory, until the process ends
 */
public record HeapReport(
        String name,
        MemoryDemand memory,
        WritePath writePath,
        Hardening hardening,
        List<Backing> backings,
        List<Refusal> refusals,
        long executableAddress,
        long writableAddress,
        long capacityByteSize,
        long pinnedByteSize) {

    /** Copies the collections, so that a report never changes. */
    public HeapReport {
        backings = List.copyOf(backings);
        refusals = List.copyOf(refusals);
    }

    /** {@return the report as lines of text for a person} */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append("heap ").append(name).append(": write path ").append(writePath).append(", ");
        text.append("hardening ").append(hardening).append(", ");
        text.append(capacityByteSize).append(" bytes, executable at 0x").append(Long.toHexString(executableAddress));
        text.append(", writable at 0x").append(Long.toHexString(writableAddress)).append('\n');
        if (hardening == Hardening.PINNED) {
            text.append("pinned: ").append(pinnedByteSize);
            text.append(" bytes of address space stay taken until the process ends; close() returns the memory\n");
        }
        describeMemory(text, memory, backings, refusals);
        return text.toString();
    }

    static void describeMemory(StringBuilder text, MemoryDemand memory, List<Backing> backings,
            List<Refusal> refusals) {
        text.append("memory asked: ").append(memory).append("; in use: ").append(backings).append('\n');
        for (Refusal refusal : refusals) {
            text.append("refused: ").append(refusal.describe()).append('\n');
        }
    }
}
