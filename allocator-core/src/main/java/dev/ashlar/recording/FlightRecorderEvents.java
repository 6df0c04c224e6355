package dev.ashlar.recording;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapExhaustedException;
import java.util.List;
import java.util.function.Supplier;
import jdk.jfr.Event;
import org.jspecify.annotations.Nullable;

/**
 * The events of Java Flight Recorder, once that has started. If no recording is running, none is enabled.
 *
 * <p>A method that finds its event enabled catches what fails inside: a full Java heap or stack leaves the event out.
 */
final class FlightRecorderEvents implements HeapEvents {
    // An event of each type, to ask whether it is enabled without making one. They also load the classes: Flight
    // Recorder takes locks of its own to register them, so this must not happen with the lock of a zone held.
    private static final Event COMMIT = new RegionCommitEvent();
    private static final Event RELEASE = new RegionReleaseEvent();
    private static final Event SPLIT = new RegionSplitEvent();
    private static final Event HEAL = new RegionHealEvent();
    private static final Event FALLBACK = new FallbackEvent();
    private static final Event EXHAUSTION = new ExhaustionEvent();
    private static final Event BACKLOG = new RetirementBacklogEvent();
    private static final CodePublishedEvent PUBLISHED = new CodePublishedEvent();

    @Override
    public @Nullable Begun commitBegins() {
        try {
            return COMMIT.isEnabled() ? begin(new RegionCommitEvent()) : null;
        } catch (Throwable unrecorded) {
            return null;
        }
    }

    @Override
    public @Nullable Begun releaseBegins() {
        try {
            return RELEASE.isEnabled() ? begin(new RegionReleaseEvent()) : null;
        } catch (Throwable unrecorded) {
            return null;
        }
    }

    @Override
    public @Nullable Begun healBegins() {
        try {
            return HEAL.isEnabled() ? begin(new RegionHealEvent()) : null;
        } catch (Throwable unrecorded) {
            return null;
        }
    }

    private static Begun begin(RegionEvent event) {
        event.begin();
        return event;
    }

    @Override
    public void committed(
            @Nullable Begun begun, String heapName, Domain domain, long address, long byteSize, Backing backing) {
        end(begun, heapName, domain, address, byteSize, backing);
    }

    @Override
    public void released(
            @Nullable Begun begun, String heapName, Domain domain, long address, long byteSize, Backing backing) {
        end(begun, heapName, domain, address, byteSize, backing);
    }

    private static void end(
            @Nullable Begun begun, String heapName, Domain domain, long address, long byteSize, Backing backing) {
        try {
            if (begun instanceof RegionEvent event) {
                event.place(heapName, domain, address, byteSize, backing);
                event.commit();
            }
        } catch (Throwable unrecorded) {
            // The change is made all the same.
        }
    }

    @Override
    public void healed(
            @Nullable Begun begun, String heapName, Domain domain, long address, long byteSize, Backing backing,
            @Nullable String failure) {
        if (begun instanceof RegionHealEvent event) {
            event.isHuge = failure == null;
            event.failure = failure;
            end(event, heapName, domain, address, byteSize, backing);
        }
    }

    @Override
    public void split(
            String heapName, Domain domain, long address, long byteSize, Backing backing, String cause) {
        if (SPLIT.isEnabled()) {
            try {
                RegionSplitEvent event = new RegionSplitEvent();
                event.cause = cause;
                end(event, heapName, domain, address, byteSize, backing);
            } catch (Throwable unrecorded) {
                // The region is split all the same.
            }
        }
    }

    @Override
    public void fellBack(String heapName, Domain domain, String from, @Nullable String to, Refusal refusal) {
        if (FALLBACK.isEnabled()) {
            try {
                FallbackEvent event = new FallbackEvent();
                event.heap = heapName;
                event.domain = domain.toString();
                event.from = from;
                event.to = to;
                event.call = refusal.call();
                event.error = refusal.error();
                event.remedy = refusal.remedy();
                event.commit();
            } catch (Throwable unrecorded) {
                // The report of the heap has the refusal, too.
            }
        }
    }

    @Override
    public void exhausted(String heapName, Domain domain, HeapExhaustedException thrown) {
        if (EXHAUSTION.isEnabled()) {
            try {
                ExhaustionEvent event = new ExhaustionEvent();
                event.heap = heapName;
                event.domain = domain.toString();
                event.askedByteSize = thrown.byteSize();
                event.largestFreeByteSize = thrown.largestFreeByteSize();
                event.committedByteSize = thrown.committedByteSize();
                event.capacityByteSize = thrown.capacityByteSize();
                event.refusals = describe(thrown.refusals());
                event.commit();
            } catch (Throwable unrecorded) {
                // The exception says all of it.
            }
        }
    }

    private static String describe(List<Refusal> refusals) {
        StringBuilder text = new StringBuilder();
        for (Refusal refusal : refusals) {
            text.append(text.isEmpty() ? "" : " ").append(refusal.describe());
        }
        return text.toString();
    }

    @Override
    public void backlog(String heapName, int blockCount, int largestCount, Supplier<List<String>> threads) {
        if (BACKLOG.isEnabled()) {
            try {
                RetirementBacklogEvent event = new RetirementBacklogEvent();
                event.heap = heapName;
                event.blockCount = blockCount;
                event.largestCount = largestCount;
                event.isFull = blockCount == largestCount;
                event.threads = String.join(", ", threads.get());
                event.commit();
            } catch (Throwable unrecorded) {
                // The blocks wait all the same.
            }
        }
    }

    @Override
    public boolean recordsPublished() {
        return PUBLISHED.isEnabled();
    }

    @Override
    public void published(
            String heapName, @Nullable String name, long address, long byteSize, WritePath path) {
        try {
            CodePublishedEvent event = new CodePublishedEvent();
            event.heap = heapName;
            event.name = name;
            event.address = address;
            event.byteSize = byteSize;
            event.writePath = path.toString();
            event.commit();
        } catch (Throwable unrecorded) {
            // The code can be run all the same.
        }
    }
}
