package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.MemoryGroups;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a commit for which a memory control group has no room: the kernel would not refuse it, but end the process at
 * a touch. Another process of the group may take the room between this look and the commit. Not thread-safe.
 */
final class MemoryRoom {
    /** What must be left for page tables, the JVM and the text of the refusal: 8 MiB. */
    static final long RESERVE_BYTE_SIZE = 8L << 20;

    private final MemoryGroups groups;

    MemoryRoom() {
        this(new MemoryGroups());
    }

    MemoryRoom(MemoryGroups groups) {
        this.groups = groups;
    }

    /** {@return why no more memory of a backing may be taken, or null if it may} */
    @Nullable Refusal refusal(Backing backing, long byteSize) {
        if (backing == Backing.HUGETLB || backing == Backing.SECRET) {
            // Pages of the pool have a limit of their own. Secret memory is populated later, page by page.
            return null;
        }
        Optional<MemoryGroups.Full> found = groups.withoutRoomFor(byteSize + RESERVE_BYTE_SIZE);
        return found.map(full -> new Refusal(
                backing.label(),
                "commit(" + byteSize + " bytes)",
                Refusal.OVER_LIMIT,
                "The control group " + full.folder() + " may use " + full.limitByteSize() + " bytes and uses "
                        + full.usageByteSize() + ", of which " + full.reclaimableByteSize()
                        + " can be reclaimed; the heap leaves it " + RESERVE_BYTE_SIZE + ". Raise "
                        + full.limitFile() + ", or free memory."))
                .orElse(null);
    }

    /**
     * {@return whether the kernel refused a huge page because the group has no room for it (MADV_COLLAPSE, EBUSY), so
     * that small pages would be the end of the process}
     */
    static boolean isRefused(Refusal refusal) {
        return refusal.call().contains("MADV_COLLAPSE")
                && refusal.error().equals(Errno.ofNumber(Errno.EBUSY).describe());
    }
}
