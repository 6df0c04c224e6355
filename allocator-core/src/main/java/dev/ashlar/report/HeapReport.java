package dev.ashlar.report;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import java.util.List;
import java.util.Optional;

/**
 * What a heap asked the host for, what it got, and why it did not get the rest.
 *
 * @param name the heap's name, as in errors and, except for secrets, in {@code /proc/self/maps}
 * @param domain what the heap is for: CODE, DATA or SECRET
 * @param memory what the caller demanded; AUTO for secrets, which have one kind of memory
 * @param writePath the write path in use; empty if the heap is not for code
 * @param hardening what protects published code and constants from the rest of the process
 * @param backings the backings of the committed regions, in the order in which they came into use
 * @param refusals what the host refused: one for each backing and error with its latest call, in the order of those
 *     calls
 * @param address where the heap's first zone starts, by the addresses at which code runs or data is used
 * @param writableAddress where the view to write through starts; {@code address} if there is no such view
 * @param capacityByteSize bytes of that zone
 * @param committedByteSize bytes of the committed regions in all zones
 * @param pinnedByteSize bytes of address space, in all views, that closing the heap does not give back: they stay
 *     taken, without memory, until the process ends
 * @param hiddenByteSize bytes of the pages that are off the kernel's own map of memory: of secrets, those in which a
 *     block lay since their region was committed
 */
public record HeapReport(
        String name,
        Domain domain,
        MemoryDemand memory,
        Optional<WritePath> writePath,
        Hardening hardening,
        List<Backing> backings,
        List<Refusal> refusals,
        long address,
        long writableAddress,
        long capacityByteSize,
        long committedByteSize,
        long pinnedByteSize,
        long hiddenByteSize) {

    /** Copies the collections, so that a report never changes. */
    public HeapReport {
        backings = List.copyOf(backings);
        refusals = List.copyOf(refusals);
    }

    /** {@return the report as lines of text for a person} */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append("heap ").append(name).append(": ").append(domain).append(", ").append(capacityByteSize);
        text.append(" bytes at 0x").append(Long.toHexString(address));
        if (writableAddress != address) {
            text.append(", writable at 0x").append(Long.toHexString(writableAddress));
        }
        text.append('\n');
        writePath.ifPresent(
                path -> text.append("write path ").append(path).append(", hardening ").append(hardening).append('\n'));
        text.append("memory asked: ").append(memory).append("; in use: ").append(backings);
        text.append("; committed: ").append(committedByteSize).append(" bytes\n");
        if (hardening == Hardening.PINNED) {
            text.append("pinned: ").append(pinnedByteSize);
            text.append(" bytes of address space stay taken until the process ends; close() returns the memory\n");
        }
        if (domain == Domain.SECRET) {
            text.append("off the kernel's map of memory: ").append(hiddenByteSize).append(" bytes\n");
        }
        refusals.forEach(refusal -> text.append("refused: ").append(refusal.describe()).append('\n'));
        return text.toString();
    }
}
