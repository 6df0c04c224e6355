package dev.ashlar.bench.designs;

import dev.ashlar.bench.designs.Load.Section;
import java.util.List;

/** Walks through a load at one site and takes the time of its sections. Belongs to one thread. */
final class Walk {

    /** Events to a call: a method that is called often is compiled as a whole early, and the call does not show. */
    private static final int STEP_EVENT_COUNT = 1024;

    private final Site site;
    private final Load load;
    private final long[] places;

    Walk(Site site, Load load) {
        this.site = site;
        this.load = load;
        this.places = new long[load.slotCount()];
    }

    /** {@return nanoseconds of each section; what the load leaves alive is freed afterwards, untimed} */
    long[] pass() {
        List<Section> sections = load.sections();
        long[] nanos = new long[sections.size()];
        for (int index = 0; index < nanos.length; index++) {
            Section section = sections.get(index);
            long start = System.nanoTime();
            for (int from = section.from(); from < section.to(); from += STEP_EVENT_COUNT) {
                step(from, Math.min(section.to(), from + STEP_EVENT_COUNT));
            }
            nanos[index] = System.nanoTime() - start;
        }
        for (int index = 0; index < load.survivorCount(); index++) {
            site.free(places[load.survivorSlot(index)], load.survivorByteSize(index));
        }
        return nanos;
    }

    private void step(int from, int to) {
        for (int event = from; event < to; event++) {
            int slot = load.slot(event);
            int byteSize = load.byteSize(event);
            if (slot >= 0) {
                places[slot] = site.allocate(byteSize);
            } else {
                site.free(places[~slot], byteSize);
            }
        }
    }
}
