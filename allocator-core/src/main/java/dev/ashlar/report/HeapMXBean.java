package dev.ashlar.report;

import java.util.List;

/**
 * A heap as JMX shows it, also to a client in another process: what {@code Heap.registerMXBean()} registers.
 *
 * <p>A client without Ashlar's classes reads {@link #getStats} and {@link #audit} as composite data, whose items are
 * the components of the records. Attributes are read one at a time, so two of them may show different moments; the
 * components of {@link #getStats} belong together.
 *
 * <p>Each method throws {@link IllegalStateException} if the heap is closed, damaged or no longer reachable.
 */
public interface HeapMXBean {
    /** {@return the heap's name} */
    String getName();

    /** {@return what the heap is for: code, data or secret} */
    String getDomain();

    /** {@return how code gets into the heap's memory: alias, poke or in-place; null if the heap is not for code} */
    String getWritePath();

    /** {@return the backings of the committed regions, such as {@code hugetlb}, in the order of their first use} */
    List<String> getBackings();

    /** {@return what the host refused, with the call, its error and a remedy: one text for each backing and error} */
    List<String> getRefusals();

    /** {@return bytes of address space for the heap's first zone: the most that it can hold} */
    long getCapacityByteSize();

    /** {@return bytes of committed regions} */
    long getCommittedByteSize();

    /** {@return bytes that live blocks occupy} */
    long getLiveByteSize();

    /** {@return live blocks} */
    long getLiveBlockCount();

    /** {@return all figures of one moment} */
    HeapStats getStats();

    /** {@return what the heap asked the host for and what it got, as lines of text} */
    String getReport();

    /** {@return what the kernel's tables show now, compared with what the heap intends} */
    Audit audit();

    /**
     * The result of an audit.
     *
     * @param isSafe whether nothing is writable and executable at once, and every permission is what the heap set
     * @param isHuge whether every region of a huge backing is mapped huge
     * @param regionCount committed regions
     * @param splitRegionCount those of a huge backing that the kernel does not map huge in every view
     * @param intendedHugeByteSize 2 MiB for each region of a huge backing and each view
     * @param hugeByteSize bytes of the same ranges that the kernel maps by 2 MiB entries
     * @param vmaCount mappings inside the heap's reservation
     * @param faults mappings that are writable and executable, or whose permissions are not what the heap set
     */
    record Audit(
            boolean isSafe,
            boolean isHuge,
            int regionCount,
            int splitRegionCount,
            long intendedHugeByteSize,
            long hugeByteSize,
            int vmaCount,
            List<String> faults) {

        /** Copies the list, so that a result never changes. */
        public Audit {
            faults = List.copyOf(faults);
        }
    }
}
