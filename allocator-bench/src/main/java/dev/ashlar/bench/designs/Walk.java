package dev.ashlar.bench.designs;

import dev.ashlar.bench.designs.Load.Section;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.function.LongSupplier;

/** Walks through a load at one site and takes the time of its sections. Belongs to one thread. */
final class Walk {

    /** Events to a call: a method that is called often is compiled as a whole early, and the call does not show. */
    private static final int STEP_EVENT_COUNT = 1024;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Site site;
    private final Load load;
    private final LongSupplier clock;
    private final long[] places;

    private Walk(Site site, Load load, LongSupplier clock) {
        this.site = site;
        this.load = load;
        this.clock = clock;
        this.places = new long[load.slotCount()];
    }

    /** A walk by one thread, timed by what it has of a processor: other work on the machine is left out. */
    static Walk alone(Site site, Load load) {
        return new Walk(site, load, THREADS::getCurrentThreadCpuTime);
    }

    /** A walk beside others, timed by the clock on the wall: waiting for them counts. */
    static Walk besideOthers(Site site, Load load) {
        return new Walk(site, load, System::nanoTime);
    }

    /** {@return nanoseconds of each section; what the load leaves alive is freed afterwards, untimed} */
    long[] pass() {
        List<Section> sections = load.sections();
        long[] nanos = new long[sections.size()];
        for (int index = 0; index < nanos.length; index++) {
            Section section = sections.get(index);
            long start = clock.getAsLong();
            for (int from = section.from(); from < section.to(); from += STEP_EVENT_COUNT) {
                step(from, Math.min(section.to(), from + STEP_EVENT_COUNT));
            }
            nanos[index] = clock.getAsLong() - start;
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
