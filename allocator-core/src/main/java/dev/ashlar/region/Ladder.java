package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.recording.Begun;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.SystemCalls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rungs that may serve a heap, best first. Each commit tries all of them again, because an empty pool may have been
 * refilled. The ladder keeps each refusal once per backing and error, with its latest call.
 */
final class Ladder {
    private final List<Rung> rungs;
    private final MemoryRoom room = new MemoryRoom();
    private final List<Refusal> refusals = new ArrayList<>();
    private final ZoneEvents events;
    private List<Refusal> lastFailure = List.of();

    Ladder(List<Backing> backings, Zone zone, SystemCalls calls, String name, ZoneEvents events) {
        this.events = events;
        rungs = backings.stream()
                .map(backing -> Rung.of(backing, zone, calls, name))
                .toList();
    }

    /**
     * What came of a commit.
     *
     * @param rung the one that committed the region, or null if none did; then the region is a hole
     * @param refusals by the rungs that were tried before
     */
    record Attempt(@Nullable Rung rung, List<Refusal> refusals) {
        /** Nothing was tried. */
        static final Attempt NONE = new Attempt(null, List.of());
    }

    /** {@return the rung that committed the region, or null if all refused} */
    @Nullable Rung commit(int region) {
        Attempt attempt = attempt(region, Region.BYTE_SIZE);
        keep(attempt);
        lastFailure = attempt.rung() == null ? attempt.refusals() : List.of();
        return attempt.rung();
    }

    /**
     * Commits a region that nothing needs yet, in a thread that does not hold the heap's lock. It leaves the last page
     * of the pool, and the last region for which a control group has room, to those who need them. It records nothing:
     * a refusal that matters comes again when an allocation needs the region.
     */
    Attempt prepare(int region) {
        return wouldEmptyPool() ? Attempt.NONE : attempt(region, 2 * Region.BYTE_SIZE);
    }

    private boolean wouldEmptyPool() {
        return rungs.stream().anyMatch(rung -> rung.backing() == Backing.HUGETLB)
                && HugePageSettings.read().pool().filter(pool -> pool.available() == 1).isPresent();
    }

    private Attempt attempt(int region, long neededByteSize) {
        List<Refusal> refusals = new ArrayList<>();
        for (Rung rung : rungs) {
            Refusal noRoom = room.refusal(rung.backing(), neededByteSize);
            if (noRoom != null) {
                refusals.add(noRoom);
                break;
            }
            for (Rung tried = rung; tried != null; tried = tried.alternative()) {
                Begun begun = events.commitBegins();
                Refusal refusal = tried.commit(region);
                if (refusal == null) {
                    events.committed(begun, region, tried.backing());
                    return new Attempt(tried, refusals);
                }
                refusals.add(refusal);
            }
            if (MemoryRoom.isRefused(refusals.getLast())) {
                break;
            }
        }
        return new Attempt(null, refusals);
    }

    /** Keeps the refusals of an attempt. */
    void keep(Attempt attempt) {
        attempt.refusals().forEach(this::keep);
        events.fellBack(attempt);
    }

    /** {@return why the last commit failed, or nothing if none has failed since the previous call} */
    List<Refusal> takeFailure() {
        List<Refusal> taken = lastFailure;
        lastFailure = List.of();
        return taken;
    }

    /** Records a refusal of pages that were to be populated after the commit. */
    void failed(Refusal refusal) {
        keep(refusal);
        lastFailure = List.of(refusal);
    }

    /** {@return bytes of pages that the kernel's own map of memory lacks} */
    long hiddenByteSize() {
        return rungs.stream().mapToLong(Rung::hiddenByteSize).sum();
    }

    private void keep(Refusal refusal) {
        refusals.removeIf(old -> old.subject().equals(refusal.subject()) && old.error().equals(refusal.error())
                && nameOfCall(old).equals(nameOfCall(refusal)));
        refusals.add(refusal);
    }

    private static String nameOfCall(Refusal refusal) {
        return refusal.call().substring(0, refusal.call().indexOf('(') + 1);
    }

    List<Refusal> refusals() {
        return List.copyOf(refusals);
    }

    /** Makes a region a hole whose commit or release an Error cut short, and gives its memory back. */
    void forget(int region) {
        rungs.forEach(rung -> rung.forget(region));
    }

    void close() {
        rungs.forEach(Rung::close);
    }
}
