package dev.ashlar.report;

import dev.ashlar.memory.Refusal;
import java.util.List;

/**
 * What a secret heap asked the host for, what it got, and why it did not get the rest.
 *
 * @param name the heap's name in errors
 * @param refusals what the host refused: one for each error with its latest call, in the order of those calls
 * @param address where the span starts
 * @param capacityByteSize bytes of the span
 * @param committedByteSize bytes of the committed regions; they count against RLIMIT_MEMLOCK
 * @param hiddenByteSize bytes of the pages in them that are off the kernel's own map of memory: those that a block
 *     lay in since their region was committed
 */
public record SecretHeapReport(
        String name,
        List<Refusal> refusals,
        long address,
        long capacityByteSize,
        long committedByteSize,
        long hiddenByteSize) {

    /** Copies the list, so that a report never changes. */
    public SecretHeapReport {
        refusals = List.copyOf(refusals);
    }

    /** {@return the report as lines of text for a person} */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append("heap ").append(name).append(": secrets, ").append(capacityByteSize);
        text.append(" bytes at 0x").append(Long.toHexString(address)).append('\n');
        text.append("committed ").append(committedByteSize).append(" bytes, of which ").append(hiddenByteSize);
        text.append(" are off the kernel's map of memory\n");
        refusals.forEach(refusal -> text.append("refused: ").append(refusal.describe()).append('\n'));
        return text.toString();
    }
}
