package dev.ashlar.heap;

import dev.ashlar.memory.Evidence;
import dev.ashlar.report.AllocationSite;
import dev.ashlar.report.FormerBlock;
import dev.ashlar.slab.Holder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What records the blocks that a heap takes and frees, if the caller asked for {@link Evidence}. A free is recorded
 * before it is done: afterwards another thread may have a block there.
 *
 * <p>Thread-safe.
 */
final class Observers {
    private final @Nullable History history;
    private final @Nullable AllocationSites sites;
    private final @Nullable SymbolFile symbols;

    Observers(Evidence evidence, Zones zones) {
        history = evidence.historyLength() > 0 ? new History(evidence.historyLength()) : null;
        sites = evidence.recordsSites() ? new AllocationSites() : null;
        symbols = evidence.symbolFile()
                .map(file -> SymbolFile.create(file, zones.name(), zones.span().ranges().getFirst()))
                .orElse(null);
    }

    /**
     * Records a block that was taken. If that fails, the block is freed.
     *
     * @return its offset
     */
    long taken(Space space, long offset, long byteSize, Holder holder) {
        try {
            long address = space.base() + offset;
            if (sites != null) {
                sites.taken(address, byteSize);
            }
            if (symbols != null) {
                symbols.taken(space.zone().domain(), address, byteSize);
            }
            return offset;
        } catch (Throwable e) {
            space.undo(offset, holder);
            throw e;
        }
    }

    /** Records that a live block gave back its end. */
    void shrunk(Space space, long offset, long byteSize) {
        long address = space.base() + offset;
        if (sites != null) {
            sites.shrunk(address, byteSize);
        }
        if (symbols != null) {
            symbols.shrunk(address, byteSize);
        }
    }

    /** Records that a block is about to be freed. Does nothing if no live block starts there. */
    void freed(Space space, long offset, Holder holder) {
        long byteSize = space.blocks().find(offset, holder);
        if (byteSize < 0) {
            return;
        }
        long address = space.base() + offset;
        if (history != null) {
            history.freed(address, byteSize);
        }
        if (sites != null) {
            sites.freed(address);
        }
        if (symbols != null) {
            symbols.freed(address);
        }
    }

    /** {@return the block that had an address and was freed last} */
    Optional<FormerBlock> lastAt(long address) {
        return history == null ? Optional.empty() : history.lastAt(address);
    }

    /** {@return where the live blocks were taken} */
    List<AllocationSite> liveSites() {
        return sites == null ? List.of() : sites.list();
    }
}
