package dev.ashlar.tool.replay;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.ValueLayout;

/**
 * Replays a trace on one thread with K interleaved copies: runs each event for each copy before the next event.
 *
 * <p>Confined to one thread after its construction. After a pass, the objects that the trace never frees are still
 * live; {@link #freeSurvivors} ends the pass and is not part of its time.
 */
final class Worker {

    /**
     * Events of one call of {@link #step}: few enough that the method is called often and so compiled early, enough
     * that the call does not matter.
     */
    private static final int STEP_EVENT_COUNT = 1024;

    private final Trace trace;
    private final BlockMemory memory;
    private final Contents contents;
    private final int copies;
    /** The address of each object, 0 if it is not live; the copies of an object are adjacent. */
    private final long[] addresses;
    /** Distinguishes this worker's objects from those of the others. */
    private final long identityBase;
    private final long identitiesPerPass;
    private long passIdentity;

    Worker(Trace trace, BlockMemory memory, Contents contents, int copies, int index, int workerCount) {
        assert copies > 0 : "copies=" + copies;
        assert index < workerCount : "index=" + index + " workerCount=" + workerCount;
        this.trace = trace;
        this.memory = memory;
        this.contents = contents;
        this.copies = copies;
        this.addresses = new long[Math.multiplyExact(trace.allocationCount(), copies)];
        this.identityBase = (long) index * addresses.length;
        this.identitiesPerPass = (long) workerCount * addresses.length;
    }

    /** {@return events that one pass executes} */
    long eventsPerPass() {
        return (long) trace.eventCount() * copies;
    }

    /** Replays the whole trace at full speed. */
    void pass() {
        passIdentity += identitiesPerPass;
        int count = trace.eventCount();
        for (int from = 0; from < count; from += STEP_EVENT_COUNT) {
            step(from, Math.min(count, from + STEP_EVENT_COUNT));
        }
    }

    /** Replays the events from one index to another, exclusive. */
    void step(int from, int to) {
        for (int index = from; index < to; index++) {
            int event = trace.event(index);
            for (int copy = 0; copy < copies; copy++) {
                if (event >= 0) {
                    allocate(event, copy);
                } else {
                    free(~event, copy);
                }
            }
        }
    }

    /** Replays the whole trace and reports each event to the watch, which asks the heap and the kernel. */
    void watchedPass(PeakWatch watch) {
        passIdentity += identitiesPerPass;
        for (int index = 0; index < trace.eventCount(); index++) {
            int current = index;
            int event = trace.event(index);
            long byteSize = (long) copies * trace.byteSize(event >= 0 ? event : ~event);
            watch.run(event >= 0 ? byteSize : -byteSize, () -> step(current, current + 1));
        }
    }

    /** Checks and frees the objects that the trace leaves alive. */
    void freeSurvivors() {
        for (int slot = 0; slot < addresses.length; slot++) {
            if (addresses[slot] != 0) {
                free(slot / copies, slot % copies);
            }
        }
    }

    private void allocate(int object, int copy) {
        int slot = object * copies + copy;
        int byteSize = trace.byteSize(object);
        long address = memory.allocate(byteSize);
        addresses[slot] = address;
        contents.fill(address, identity(slot), byteSize);
    }

    private void free(int object, int copy) {
        int slot = object * copies + copy;
        int byteSize = trace.byteSize(object);
        long address = addresses[slot];
        assert address != 0 : "object=" + object + " copy=" + copy;
        long mismatch = contents.check(address, identity(slot), byteSize);
        if (mismatch >= 0) {
            throw corrupt(object, slot, mismatch);
        }
        addresses[slot] = 0;
        memory.free(address, byteSize);
    }

    private CommandException corrupt(int object, int slot, long offset) {
        long address = addresses[slot];
        byte found = RawMemory.EVERYTHING.get(ValueLayout.JAVA_BYTE, address + offset);
        return new CommandException(ExitCode.FAILED, ("%s: object %d (its allocation number) of %d bytes at 0x%x is"
                + " corrupt: offset=%d, expected=0x%02x, found=0x%02x").formatted(trace.file(), object,
                        trace.byteSize(object), address, offset, contents.expected(offset), found));
    }

    /** Includes the pass, so that contents of an earlier pass count as wrong. */
    private long identity(int slot) {
        return passIdentity + identityBase + slot;
    }
}
