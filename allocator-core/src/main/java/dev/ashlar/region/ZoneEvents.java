package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Refusal;
import dev.ashlar.recording.Begun;
import dev.ashlar.recording.HeapEvents;
import dev.ashlar.recording.Recordings;
import dev.ashlar.report.HeapExhaustedException;
import org.jspecify.annotations.Nullable;

/** Tells a recording what happens in one zone, with the addresses that callers see. Thread-safe. */
public final class ZoneEvents {
    private final Zone zone;
    private final String heapName;

    ZoneEvents(Zone zone, String heapName) {
        this.zone = zone;
        this.heapName = heapName;
    }

    private long addressOf(int region) {
        return zone.base() + Region.offsetOf(region);
    }

    @Nullable Begun commitBegins() {
        return Recordings.events().commitBegins();
    }

    void committed(@Nullable Begun begun, int region, Backing backing) {
        Recordings.events().committed(begun, heapName, zone.domain(), addressOf(region), Region.BYTE_SIZE, backing);
    }

    @Nullable Begun releaseBegins() {
        return Recordings.events().releaseBegins();
    }

    void released(@Nullable Begun begun, int region, Backing backing) {
        Recordings.events().released(begun, heapName, zone.domain(), addressOf(region), Region.BYTE_SIZE, backing);
    }

    void fellBack(Ladder.Attempt attempt) {
        Rung rung = attempt.rung();
        String to = rung == null ? null : rung.backing().label();
        for (Refusal refusal : attempt.refusals()) {
            Recordings.events().fellBack(heapName, zone.domain(), refusal.subject(), to, refusal);
        }
    }

    void split(int region, Backing backing, String cause) {
        Recordings.events().split(heapName, zone.domain(), addressOf(region), Region.BYTE_SIZE, backing, cause);
    }

    /** {@return an attempt to make a split region huge that begins now, or null if it is not recorded} */
    public @Nullable Begun healBegins() {
        return Recordings.events().healBegins();
    }

    /**
     * Ends what {@link #healBegins} began.
     *
     * @param failure why the region is still split, or null if it is huge again
     */
    public void healed(@Nullable Begun begun, int region, Backing backing, @Nullable String failure) {
        Recordings.events().healed(
                begun, heapName, zone.domain(), addressOf(region), Region.BYTE_SIZE, backing, failure);
    }

    /** {@return what a heap is about to throw because the zone has no room, after it was recorded} */
    public HeapExhaustedException recorded(HeapExhaustedException thrown) {
        return recorded(heapName, zone.domain(), thrown);
    }

    /** {@return what a heap is about to throw because it has no zone for a domain, after it was recorded} */
    public static HeapExhaustedException recorded(String heapName, Domain domain, HeapExhaustedException thrown) {
        Recordings.events().exhausted(heapName, domain, thrown);
        return thrown;
    }

    /**
     * Tells that code can be run from now on. Costs a load if that is not recorded.
     *
     * @param name its name, or null if it has none
     */
    public void published(long offset, long byteSize, @Nullable String name) {
        HeapEvents events = Recordings.events();
        if (events.recordsPublished()) {
            events.published(heapName, name, zone.base() + offset, byteSize, zone.path());
        }
    }
}
