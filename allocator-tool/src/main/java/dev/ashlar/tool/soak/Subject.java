package dev.ashlar.tool.soak;

import dev.ashlar.Heap;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.WrongAddressException;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A heap under test, with the number of blocks that must be live in it.
 *
 * <p>Thread-safe, except for what happens between two phases.
 */
abstract class Subject implements AutoCloseable {
    final Shadow shadow;
    /** How many things all workers together hold on average. */
    final int target;

    private final LongAdder liveBlockCount = new LongAdder();
    /** Operations of all workers. */
    final LongAdder operationCount = new LongAdder();
    /** Allocations for which the heap had no room. */
    final LongAdder exhaustedCount = new LongAdder();

    Subject(Shadow shadow, int target) {
        this.shadow = shadow;
        this.target = target;
    }

    abstract Heap heap();

    /** {@return something new, or null if it was ended at once} */
    abstract @Nullable Held take(Draw draw);

    /** {@return whether an allocation may find no room; a load far below the capacity always finds some} */
    boolean canBeFull() {
        return false;
    }

    /** Calls what works on the whole heap, beside the other workers. */
    void maintain(Draw draw) {
        switch (draw.below(4)) {
            case 0 -> heap().trim();
            case 1 -> heap().retention();
            default -> heap().stats();
        }
    }

    /** Begins the work of the current thread; what is returned ends it. */
    Runnable enter() {
        return () -> {};
    }

    /** Notes blocks that were taken, or, by a negative number, are being freed. */
    final void noteLive(int blockCount) {
        liveBlockCount.add(blockCount);
    }

    /**
     * {@return how many blocks must be live; empty if the model cannot know}
     *
     * @param isDrained whether no worker holds anything
     */
    OptionalLong expectedBlockCount(boolean isDrained) {
        return OptionalLong.of(liveBlockCount.sum());
    }

    /** Throws unless the heap has as many live blocks as the model. Pre: no worker is at work. */
    final void checkCount(boolean isDrained) {
        expectedBlockCount(isDrained).ifPresent(expected -> {
            long found = heap().stats().liveBlockCount();
            if (found != expected) {
                throw new SoakFailure("heap %s has %,d live blocks, and should have %,d".formatted(heap().name(), found,
                        expected));
            }
        });
    }

    /** Throws unless the heap's bookkeeping is consistent. Pre: no worker is at work. */
    void checkInvariants() {
        try {
            heap().checkInvariants();
        } catch (IllegalStateException broken) {
            throw new SoakFailure("heap " + heap().name() + ": " + broken.getMessage());
        }
    }

    /** Throws unless the kernel's tables are as the heap intends. */
    final void checkMappings() {
        HeapAudit audit = heap().audit();
        if (!audit.writableAndExecutable().isEmpty() || !audit.misplaced().isEmpty()) {
            throw new SoakFailure("heap " + heap().name() + " has wrong mappings: writable and executable "
                    + audit.writableAndExecutable() + ", misplaced " + audit.misplaced());
        }
    }

    /** Throws unless a call refuses an address. */
    static void requireRefused(String call, long address, Runnable wrong) {
        try {
            wrong.run();
        } catch (WrongAddressException expected) {
            return;
        }
        throw new SoakFailure("%s did not refuse a wrong address: 0x%x".formatted(call, address));
    }

    @Override
    public void close() {
        heap().close();
    }
}
