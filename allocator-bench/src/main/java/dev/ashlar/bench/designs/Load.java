package dev.ashlar.bench.designs;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A sequence of allocations and frees that is the same for every design, laid out so that running it costs hardly
 * anything: event by event a slot and a size, front to back. A slot holds one live block at a time; a free is written
 * as the complement of its slot.
 */
final class Load {

    private final String name;
    private final int[] slots;
    private final int[] byteSizes;
    private final List<Look> looks;
    private final List<Section> sections;
    private final int slotCount;
    private final int[] survivors;
    private final int[] survivorByteSizes;
    private final long peakLiveByteSize;
    private final int byteSizeMax;

    Load(String name, int[] slots, int[] byteSizes, List<Look> looks, List<Section> sections) {
        this.name = name;
        this.slots = slots;
        this.byteSizes = byteSizes;
        this.looks = List.copyOf(looks);
        this.sections = List.copyOf(sections);
        this.slotCount = Arrays.stream(slots).map(slot -> slot < 0 ? ~slot : slot).max().orElse(-1) + 1;
        this.byteSizeMax = Arrays.stream(byteSizes).max().orElse(0);
        int[] liveByteSizes = new int[slotCount];
        long live = 0;
        long peak = 0;
        for (int event = 0; event < slots.length; event++) {
            boolean allocates = slots[event] >= 0;
            int slot = allocates ? slots[event] : ~slots[event];
            if (liveByteSizes[slot] != (allocates ? 0 : byteSizes[event])) {
                throw new IllegalArgumentException("event " + event + " of " + name + ": slot=" + slot + ", holds="
                        + liveByteSizes[slot] + " bytes, the event says " + byteSizes[event]);
            }
            live += allocates ? byteSizes[event] : -byteSizes[event];
            liveByteSizes[slot] = allocates ? byteSizes[event] : 0;
            peak = Math.max(peak, live);
        }
        this.peakLiveByteSize = peak;
        this.survivors = IntStream.range(0, slotCount).filter(slot -> liveByteSizes[slot] > 0).toArray();
        this.survivorByteSizes = Arrays.stream(survivors).map(slot -> liveByteSizes[slot]).toArray();
    }

    /**
     * A moment at which every design is looked at.
     *
     * @param name what has happened until then
     * @param eventCount events before it
     */
    record Look(String name, int eventCount) {}

    /**
     * A stretch of events that is timed.
     *
     * @param name what happens in it
     * @param from its first event
     * @param to the event behind its last
     */
    record Section(String name, int from, int to) {}

    String name() {
        return name;
    }

    int eventCount() {
        return slots.length;
    }

    /** {@return the slot that is filled, or the complement of the one that is emptied} */
    int slot(int event) {
        return slots[event];
    }

    /** {@return bytes of the block that an event allocates or frees} */
    int byteSize(int event) {
        return byteSizes[event];
    }

    int slotCount() {
        return slotCount;
    }

    List<Look> looks() {
        return looks;
    }

    List<Section> sections() {
        return sections;
    }

    /** {@return how many blocks are live at the end} */
    int survivorCount() {
        return survivors.length;
    }

    int survivorSlot(int index) {
        return survivors[index];
    }

    int survivorByteSize(int index) {
        return survivorByteSizes[index];
    }

    long peakLiveByteSize() {
        return peakLiveByteSize;
    }

    int byteSizeMax() {
        return byteSizeMax;
    }
}
