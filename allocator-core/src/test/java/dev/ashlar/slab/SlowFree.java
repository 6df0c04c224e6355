package dev.ashlar.slab;

/**
 * A free by another thread than the owner, which a test performs step by step. At its start it has read the life of the
 * run, and found the block live.
 */
final class SlowFree {
    final Run run;
    private final BlockStore store;
    private final long[] words;
    private final int position;
    private final long found;

    SlowFree(BlockStore store, long offset) {
        this.store = store;
        this.run = Run.at(store, offset);
        Lines lines = store.space.lines;
        long[] region = lines.atOffset(offset);
        int line = Lines.lineAt(offset);
        long word = lines.runAt(offset);
        this.words = lines.array(region, line, word);
        this.position = Lines.position(region, line, word, offset);
        this.found = RemoteMarks.read(words, position);
    }

    /** {@return whether the mark is set now} */
    boolean mark() {
        return RemoteMarks.set(words, position, found);
    }

    /** {@return whether the run has to be added to a queue} */
    boolean enter() {
        return RemoteFrees.enter(store.space.lines, run.firstPage, RemoteMarks.life(found));
    }

    /** Adds the run to the queue of an owner, which may have lost the run meanwhile. */
    void addTo(int ownerId) {
        store.owners.queues.of(ownerId).add(run.firstPage);
        if (run.ownerId() != ownerId) {
            store.owners.queues.reroute(ownerId);
        }
    }

    /** Ends the free after its mark is set. */
    void finish() {
        store.owners.queues.noteMark(run.firstPage, RemoteMarks.life(found));
    }

    /** Damages the life of the word of marks. */
    void changeLife(int by) {
        words[RemoteMarks.wordOf(position)] += (long) by << Integer.SIZE;
    }

    boolean isMarked() {
        return RemoteMarks.isSet(words, position);
    }

    boolean isLive() {
        return BlockBits.isLive(words, position);
    }
}
