package dev.ashlar.slab;

import dev.ashlar.memory.Temperature;

/**
 * A slab with two live blocks, in a space of its own. Each actor of a race plays one thread, and does
 * not depend on which thread that is.
 */
class RacedSlab {
    static final int SIZE_CLASS = SizeClasses.of(128);
    private static final int OWNER_ID = 1;
    private static final int HEIR_ID = 2;

    final RunSpace space = Stores.space(1, Eraser.NONE);
    final OwnerQueues queues = new OwnerQueues(space.lines, HEIR_ID + 1);
    final CutRuns owner = new CutRuns(space, queues, OWNER_ID);
    final long block;
    final long neighbour;
    final Run run;
    /** Marked blocks that an owner has freed. */
    int processedCount;

    RacedSlab() {
        owner.openSlab(SIZE_CLASS, Temperature.HOT);
        block = allocate();
        neighbour = allocate();
        run = Run.at(space, block);
    }

    final long allocate() {
        return owner.slabs.allocate(SIZE_CLASS, Holder.ADDRESS, Stores.takingOneSlot());
    }

    private long[] words(long offset) {
        return space.lines.atOffset(offset);
    }

    final long life(long offset) {
        return RemoteMarks.read(words(offset), Lines.granuleOf(offset));
    }

    final boolean isFreeable(long offset) {
        long word = space.lines.runAt(offset);
        return word != RunWord.NONE
                && BlockBits.isFreeable(word, words(offset), Lines.granuleOf(offset), Holder.ADDRESS);
    }

    /** Frees a block as a thread does that does not own it, in the steps of {@link BlockStore#free}. */
    final boolean freeFromAfar(long offset) {
        long found = life(offset);
        return isFreeable(offset) && mark(offset, found);
    }

    /** Marks a block in the life that was found, and adds its run to a queue. */
    final boolean mark(long offset, long found) {
        if (!RemoteMarks.set(words(offset), Lines.granuleOf(offset), found)) {
            return false;
        }
        queues.noteMark(run.firstPage, RemoteMarks.life(found));
        return true;
    }

    final CutRuns heir() {
        return new CutRuns(space, queues, HEIR_ID);
    }

    /** Frees all blocks with marks, as an owner does. */
    final void drain(CutRuns by) {
        by.drain(offset -> {
            by.release(offset);
            processedCount++;
        });
    }

    /** {@return how often the run is in a queue; 2 if more often} */
    final int queueCount() {
        return Math.min(2, queueCount(queues.of(OWNER_ID)) + queueCount(queues.of(HEIR_ID)));
    }

    /** {@return how often the run is in this queue} The links of a queue that has it twice have no end. */
    static int queueCount(RemoteFrees queue) {
        int first = queue.takeAll();
        if (first == 0) {
            return 0;
        }
        boolean isAlone = queue.after(first) == 0;
        queue.add(first - 1);
        return isAlone ? 1 : 2;
    }
}
