package dev.ashlar;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Memory;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import java.util.List;

/**
 * What a heap asked the host for, what it got, and why it did not get the rest.
 *
 * @param name the heap's name, as in {@code /proc/self/maps}
 * @param memory what the caller demanded
 * @param writePath the write path in use
 * @param backings the backings of the committed regions, in the order in which they came into use
 * @param refusals what the host refused: one for each backing and error with its latest call, in the order of
 *     those calls
 * @param executableAddress where the read+execute view of the span starts
 * @param writableAddress where the read+write view of the span starts
 * @param capacityByteSize bytes of the span
 */
public record HeapReport(
        String name,
        Memory memory,
        WritePath writePath,
        List<Backing> backings,
        List<Refusal> refusals,
        long executableAddress,
        long writableAddress,
        long capacityByteSize) {

    /** Copies the collections, so that a report never changes. */
    public HeapReport {
        backings = List.copyOf(backings);
        refusals = List.copyOf(refusals);
    }

    /** {@return the report as lines of text for a person} */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append("heap ").append(name).append(": write path ").append(writePath).append(", ");
        text.append(capacityByteSize).append(" bytes, executable at 0x").append(Long.toHexString(executableAddress));
        text.append(", writable at 0x").append(Long.toHexString(writableAddress)).append('\n');
        describeMemory(text, memory, backings, refusals);
        return text.toString();
    }

    static void describeMemory(StringBuilder text, Memory memory, List<Backing> backings, List<Refusal> refusals) {
        text.append("memory asked: ").append(memory).append("; in use: ").append(backings).append('\n');
        for (Refusal refusal : refusals) {
            text.append("refused: ").append(refusal.describe()).append('\n');
        }
    }
}
