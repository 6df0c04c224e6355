package dev.ashlar.tool.replay;

import dev.ashlar.report.AshlarException;
import dev.ashlar.tool.memory.BlockMemory;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Replays a trace on one thread while calls to the system fail. An object that the heap refuses is left out. All others
 * are written, published, checked and freed.
 *
 * <p>Confined to one thread after its construction.
 */
final class FaultWorker {
    private static final int MESSAGES_MAX = 20;

    private final Trace trace;
    private final BlockMemory memory;
    private final Contents contents;
    private final int copies;
    /** The address of each object, 0 if it is not live. */
    private final long[] addresses;
    private final long identityBase;
    private final Set<String> refusals = new LinkedHashSet<>();
    private final Set<String> violations = new LinkedHashSet<>();
    private long allocationCount;
    private long refusedCount;

    FaultWorker(Trace trace, BlockMemory memory, int copies, int index) {
        this.trace = trace;
        this.memory = memory;
        this.copies = copies;
        contents = new Contents(Contents.Kind.VERIFIED, memory, trace.byteSizeMax());
        addresses = new long[Math.multiplyExact(trace.allocationCount(), copies)];
        identityBase = (long) index * addresses.length;
    }

    /** Replays the whole trace, and frees the objects that it leaves alive. */
    void pass() {
        for (int index = 0; index < trace.eventCount(); index++) {
            int event = trace.event(index);
            for (int copy = 0; copy < copies; copy++) {
                int slot = (event >= 0 ? event : ~event) * copies + copy;
                if (event >= 0) {
                    allocate(slot);
                } else {
                    free(slot);
                }
            }
        }
        for (int slot = 0; slot < addresses.length; slot++) {
            free(slot);
        }
    }

    long allocationCount() {
        return allocationCount;
    }

    long refusedCount() {
        return refusedCount;
    }

    Set<String> refusals() {
        return refusals;
    }

    Set<String> violations() {
        return violations;
    }

    /** {@return the type of an error and its message} */
    static String text(AshlarException error) {
        return error.getClass().getSimpleName() + ": " + error.getMessage();
    }

    private void allocate(int slot) {
        int byteSize = byteSize(slot);
        allocationCount++;
        attempt(refusals, () -> {
            long address = memory.allocate(byteSize);
            addresses[slot] = address;
            contents.fill(address, identityBase + slot, byteSize);
        }, () -> {
            refusedCount++;
            free(slot, false);
        });
    }

    private void free(int slot) {
        free(slot, true);
    }

    private void free(int slot, boolean isWritten) {
        long address = addresses[slot];
        if (address == 0) {
            return;
        }
        int byteSize = byteSize(slot);
        long mismatch = isWritten ? contents.check(address, identityBase + slot, byteSize) : -1;
        if (mismatch >= 0) {
            note(violations, "an object of %d bytes is corrupt at offset %d".formatted(byteSize, mismatch));
        }
        addresses[slot] = 0;
        // A free makes no demand on the system that the system may refuse.
        attempt(violations, () -> memory.free(address, byteSize), () -> {});
    }

    /** Runs an operation. Only a typed error of the heap is a refusal. */
    private void attempt(Set<String> refused, Runnable operation, Runnable afterwards) {
        try {
            operation.run();
        } catch (AshlarException typed) {
            note(refused, text(typed));
            afterwards.run();
        } catch (RuntimeException untyped) {
            note(violations, untyped.toString());
            afterwards.run();
        }
    }

    private static void note(Set<String> messages, String message) {
        if (messages.size() < MESSAGES_MAX) {
            messages.add(message);
        }
    }

    private int byteSize(int slot) {
        return trace.byteSize(slot / copies);
    }
}
