package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.report.AllocationSite;
import dev.ashlar.report.FormerBlock;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Holder;
import dev.ashlar.stubs.AddressRange;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What records the blocks that a heap takes and frees, if the caller asked for {@link Evidence}. A free is recorded
 * before it is done: afterwards another thread may have a block there.
 *
 * <p>Recording never makes a call of the heap fail. If the Java heap or the stack is full, or the symbol file was
 * truncated, the record is incomplete.
 *
 * <p>Thread-safe.
 */
final class Observers {
    private final @Nullable History history;
    private final @Nullable AllocationSites sites;
    private final @Nullable SymbolTable symbols;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    /** Whether something could not be recorded. A field: a call could overflow the stack again. */
    volatile boolean isIncomplete;

    Observers(Evidence evidence, String heapName, AddressRange range) {
        history = evidence.historyLength() > 0 ? new History(evidence.historyLength()) : null;
        sites = evidence.recordsSites() ? new AllocationSites() : null;
        symbols = evidence.symbolFile()
                .map(file -> SymbolFile.create(file, heapName, range))
                .orElse(null);
    }

    /** Records a block that was taken. The caller catches what this throws. */
    void taken(Domain domain, long address, long byteSize) {
        if (sites != null) {
            sites.taken(address, byteSize);
        }
        if (symbols != null) {
            symbols.taken(domain, address, byteSize);
        }
    }

    /** Records that a live block gave back its end. The caller catches what this throws. */
    void shrunk(long address, long byteSize) {
        if (sites != null) {
            sites.shrunk(address, byteSize);
        }
        if (symbols != null) {
            symbols.shrunk(address, byteSize);
        }
    }

    /** Records that a block is about to be freed. Does nothing if no live block starts there. */
    void freed(BlockStore blocks, long base, long offset, Holder holder) {
        try {
            long byteSize = blocks.find(offset, holder);
            if (byteSize >= 0) {
                freed(base + offset, byteSize);
            }
        } catch (Throwable unrecorded) {
            isIncomplete = true;
        }
    }

    private void freed(long address, long byteSize) {
        // The file last: it may have been truncated.
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

    /** Records that the heap is closed, with all its blocks, and warns about them. Does nothing the second time. */
    void closed(String heapName) {
        try {
            if (!isClosed.compareAndSet(false, true)) {
                return;
            }
            if (sites != null) {
                AllocationSites.warn(heapName, sites.list(), isIncomplete);
            }
            if (symbols != null) {
                symbols.freedAll();
            }
        } catch (RuntimeException | Error unreported) {
            // The heap is closed all the same.
        }
    }
}
