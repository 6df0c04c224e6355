package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.Frame;
import dev.ashlar.region.Zone;
import dev.ashlar.report.AllocationSite;
import dev.ashlar.report.FormerBlock;
import dev.ashlar.slab.BlockStore;
import dev.ashlar.slab.Holder;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.symbols.SymbolFile;
import dev.ashlar.symbols.SymbolTable;
import dev.ashlar.symbols.Tools;
import java.lang.foreign.MemorySegment;
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
    private final @Nullable Tools tools;
    private final String heapName;
    private final Names names;
    /** Whether every block is recorded, also one without a name. */
    private final boolean recordsAll;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    /** Whether something could not be recorded. A field: a call could overflow the stack again. */
    volatile boolean isIncomplete;

    Observers(Evidence evidence, @Nullable Tools tools, String heapName, AddressRange range) {
        this.tools = tools;
        this.heapName = heapName;
        history = evidence.historyLength() > 0 ? new History(evidence.historyLength()) : null;
        sites = evidence.recordsSites() ? new AllocationSites() : null;
        symbols = evidence.symbolFile()
                .map(file -> SymbolFile.create(file, heapName, range))
                .orElse(null);
        names = new Names(range);
        recordsAll = evidence.recordsAny() || tools != null;
    }

    /** Records a block that was taken. The caller catches what this throws. */
    void taken(Domain domain, long address, long byteSize) {
        if (sites != null) {
            sites.taken(address, byteSize);
        }
        if (symbols != null) {
            symbols.taken(domain, address, byteSize, null);
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

    /** Records that a block that an object holds is about to be freed. Pre: it is live, and the current thread's. */
    void released(BlockStore blocks, long base, long offset) {
        if (recordsAll) {
            freed(blocks, base, offset, Holder.OBJECT);
        } else if (names.at(base + offset) != null) {
            names.clear(base + offset);
        }
    }

    /** Records that a block is about to be freed. Does nothing if no live block starts there. */
    void freed(BlockStore blocks, long base, long offset, Holder holder) {
        if (!recordsAll && names.at(base + offset) == null) {
            return;
        }
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
        Object name = names.at(address);
        if (name != null) {
            names.clear(address);
        }
        if (tools != null) {
            tools.freed(address, byteSize);
        }
        if (name instanceof NamedPart[] parts) {
            for (NamedPart part : parts) {
                partFreed(part);
            }
        }
        // The file last: it may have been truncated.
        if (history != null) {
            history.freed(address, byteSize, name instanceof String whole ? whole : null);
        }
        if (sites != null) {
            sites.freed(address);
        }
        if (symbols != null) {
            symbols.freed(address);
        }
    }

    /** Names a live block of the current thread; see {@link Names}. */
    void named(long address, Object name) {
        names.set(address, name);
        if (symbols != null && name instanceof String whole) {
            symbols.named(address, whole);
        }
    }

    /** {@return whether {@link #published} does anything} */
    boolean learnsOfPublications() {
        return tools != null || symbols != null;
    }

    /** Records that code was published. */
    void published(Zone zone, long address, long byteSize, @Nullable String name, Frame frame) {
        if (tools == null && (name == null || symbols == null)) {
            return;
        }
        try {
            if (symbols != null && name != null) {
                symbols.taken(Domain.CODE, address, byteSize, name);
            }
            if (tools != null) {
                tools.published(name == null ? heapName : name, bytes(zone, address, byteSize), frame);
            }
        } catch (Throwable unrecorded) {
            isIncomplete = true;
        }
    }

    /** {@return published bytes where they run, to read} */
    static MemorySegment bytes(Zone zone, long address, long byteSize) {
        return zone.front().segment().asSlice(address - zone.base(), byteSize);
    }

    /** {@return what tells tools of code, if the heap has such} */
    @Nullable Tools tools() {
        return tools;
    }

    /** {@return the name of the block that starts at an address, or null if it has none} */
    @Nullable String nameOf(long address) {
        return names.at(address) instanceof String name ? name : null;
    }

    /** {@return what {@link Names} has for the block that starts at an address, or null} */
    @Nullable Object namesAt(long address) {
        return names.at(address);
    }

    /** {@return the name of the byte at an address, which belongs to the block that starts at {@code start}} */
    @Nullable String nameAt(long start, long address) {
        return switch (names.at(start)) {
            case String name -> name;
            case NamedPart[] parts -> NamedPart.taken(parts)
                    .filter(part -> part.contains(address))
                    .findFirst()
                    .map(NamedPart::name)
                    .orElse(null);
            case null, default -> null;
        };
    }

    private void partFreed(NamedPart part) {
        if (tools != null) {
            tools.freed(part.address(), part.byteSize());
        }
        if (symbols != null) {
            symbols.freed(part.address());
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
