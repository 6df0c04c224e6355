package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.Personality;
import dev.ashlar.stubs.SystemCalls;
import org.jspecify.annotations.Nullable;

/**
 * A memfd for each region, sealed against future writers as soon as the view to write through is mapped. Later mappings
 * of the file, among them the view in which code runs, can never become writable, and no descriptor stays open. The
 * memory goes with the last view.
 *
 * <p>If the zone is pinned, the views themselves are sealed too, and only truncation of the file gives the memory back.
 */
final class SealedRung extends SharedRung {
    private final FileMemory memory;
    private final boolean pins;
    /** For regions with a pinned view: what gives their memory back. */
    private final @Nullable FileAnchor[] anchors;
    /** Reserves the one descriptor that {@link #close} needs, in case the process has none left by then. */
    private @Nullable FileAnchor spare;

    SealedRung(Backing backing, Zone zone, SystemCalls calls, String name) {
        super(backing, zone, calls);
        this.memory = new FileMemory(this, name);
        this.pins = zone.hardening() == Hardening.PINNED;
        this.anchors = new FileAnchor[pins ? Region.countFor(zone.byteSize()) : 0];
    }

    @Override
    @Nullable Refusal commit(int region) {
        if (zone.front().isPinned(region)) {
            // An earlier attempt pinned one view and could not pin the other. Pinning cannot be undone, so continue.
            return anchors[region] != null ? pinViews(region) : refusal("mmap(MAP_FIXED)", -Errno.EPERM, goOnRemedy());
        }
        if (Personality.readImpliesExecute()) {
            // A writable mapping would be executable too, and stay so once it is pinned.
            return new Refusal(
                    backing.label(),
                    "mmap(read+write, MAP_SHARED)",
                    "it would be executable as well",
                    "The calling thread has personality(READ_IMPLIES_EXEC): a hardened heap needs it to be cleared.");
        }
        MemoryFile file = new MemoryFile(calls);
        try {
            Refusal refusal = memory.open(file);
            return refusal != null ? refusal : commit(file, region);
        } finally {
            file.close();
        }
    }

    private @Nullable Refusal commit(MemoryFile file, int region) {
        Refusal refusal = memory.grow(file, Region.BYTE_SIZE);
        if (refusal != null) {
            return refusal;
        }
        int result = memory.allocate(file, 0);
        if (result < 0) {
            return memory.notAllocated(0, result);
        }
        refusal = map(new SealedSource(file, region), region);
        if (refusal == null && pins) {
            refusal = pin(file, region);
        }
        if (refusal != null && zone.views().stream().noneMatch(view -> view.isPinned(region))) {
            unmapFrom(0, region);
        }
        return refusal;
    }

    /** A file whose later mappings can never become writable. */
    private final class SealedSource implements Source {
        private final MemoryFile file;
        private final int region;

        SealedSource(MemoryFile file, int region) {
            this.file = file;
            this.region = region;
        }

        @Override
        public @Nullable Refusal map(View view) {
            int result = view.map(file, 0, region);
            return result < 0 ? notMapped("mmap(" + view.access() + ", MAP_SHARED)", "mmap(2)", view, result) : null;
        }

        @Override
        public @Nullable Refusal refuseWriters() {
            return seal(file);
        }
    }

    private @Nullable Refusal seal(MemoryFile file) {
        // F_SEAL_SHRINK on a pinned region's file would keep its memory forever; F_SEAL_SEAL forbids adding it.
        int seals =
                Linux.F_SEAL_FUTURE_WRITE | Linux.F_SEAL_GROW | Linux.F_SEAL_SEAL | (pins ? 0 : Linux.F_SEAL_SHRINK);
        int result = file.seal(seals);
        return result < 0
                ? refusal(
                        "fcntl(F_ADD_SEALS, 0x" + Integer.toHexString(seals) + ")",
                        result,
                        remedy.ofSeals(result))
                : null;
    }

    private @Nullable Refusal pin(MemoryFile file, int region) {
        FileAnchor anchor = new FileAnchor(calls);
        int fd = anchor.open(file);
        if (fd >= 0 && spare == null) {
            spare = anchor;
            anchor = new FileAnchor(calls);
            fd = anchor.open(file);
        }
        if (fd < 0) {
            return refusal("open(/proc/self/fd, O_PATH)", fd, remedy.ofKeptFile(fd));
        }
        anchors[region] = anchor;
        Refusal refusal = pinViews(region);
        if (refusal != null && !zone.front().isPinned(region)) {
            anchors[region] = null;
            anchor.close();
        }
        return refusal;
    }

    /** Pins the views that are not pinned yet, the front first. */
    private @Nullable Refusal pinViews(int region) {
        for (View view : zone.views()) {
            int result = view.isPinned(region) ? 0 : view.pin(region);
            if (result < 0) {
                return refusal("mseal(" + view.access() + " view)", result, remedy.ofPinning(result));
            }
        }
        return null;
    }

    private static String goOnRemedy() {
        return "A view of the region is pinned to memory of another backing, which goes on when it is asked again.";
    }

    @Override
    boolean joinsNeighbours() {
        // Each region has a file of its own.
        return false;
    }

    @Override
    boolean release(int region) {
        if (pins || zone.front().unmap(region) < 0) {
            return false;
        }
        // If the second hole is refused, the old file cannot get a view to run in again. Its contents are no longer
        // needed, so a new file replaces it. If that fails too, the region counts as released.
        return unmapFrom(1, region) || commit(region) != null;
    }

    @Override
    void forget(int region) {
        if (zone.views().stream().noneMatch(view -> view.isPinned(region))) {
            super.forget(region);
        }
    }

    @Override
    void close() {
        if (spare != null) {
            spare.close();
        }
        for (FileAnchor anchor : anchors) {
            if (anchor != null) {
                anchor.truncate();
                anchor.close();
            }
        }
    }
}
