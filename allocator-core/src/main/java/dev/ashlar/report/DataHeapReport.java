package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import java.util.List;

/**
 * What a data heap asked the host for, what it got, and why it did not get the rest.
 *
 * @param name the heap's name, as in {@code /proc/self/maps}
 * @param memory what the caller demanded
 * @param backings the backings of the committed regions, in the order in which they came into use
 * @param refusals what the host refused: one for each backing and error with its latest call, in the order of
 *     those calls
 * @param address where the span starts
 * @param capacityByteSize bytes of the span
 */
public record DataHeapReport(
        String name, MemoryDemand memory, List<Backing> backings, List<Refusal> refusals, long address,
        long capacityByteSize) {

    /** Copies the collections, so that a report never changes. */
    public DataHeapReport {
        backings = List.copyOf(backings);
        refusals = List.copyOf(refusals);
    }

    /** {@return the report as lines of text for a person} */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append("heap ").append(name).append(": data, ").append(capacityByteSize);
        text.append(" bytes at 0x").append(Long.toHexString(address)).append('\n');
        HeapReport.describeMemory(text, memory, backings, refusals);
        return text.toString();
    }
}
