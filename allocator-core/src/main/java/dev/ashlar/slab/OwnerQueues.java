package dev.ashlar.slab;

/** Finds the owner of a run that another thread has freed a block of. Thread-safe. */
final class OwnerQueues {
    private final Lines lines;
    /** By the owner's number. */
    private final RemoteFrees[] byOwner;

    OwnerQueues(Lines lines, int ownerCount) {
        this.lines = lines;
        this.byOwner = new RemoteFrees[ownerCount];
        for (int ownerId = 0; ownerId < ownerCount; ownerId++) {
            byOwner[ownerId] = new RemoteFrees(lines);
        }
    }

    RemoteFrees of(int ownerId) {
        return byOwner[ownerId];
    }

    /** Adds a run to the queue of its owner if it is in none. Pre: the caller has set a mark in its present life. */
    void noteMark(int firstPage, long life) {
        if (RemoteFrees.enter(lines, firstPage, life)) {
            add(firstPage);
        }
    }

    private void add(int firstPage) {
        int ownerId = RunWord.ownerId(lines.first(firstPage));
        byOwner[ownerId].add(firstPage);
        if (RunWord.ownerId(lines.first(firstPage)) != ownerId) {
            // Another owner has taken the run over meanwhile, and would wait for it.
            reroute(ownerId);
        }
    }

    /** Passes all runs that an owner has not taken out of its queue to the owners that they have now. */
    void reroute(int ownerId) {
        RemoteFrees queue = byOwner[ownerId];
        int run = queue.takeAll();
        while (run != 0) {
            int following = queue.after(run);
            add(run - 1);
            run = following;
        }
    }

    /** {@return frees that were reported as done, and later found to have lost a race} */
    long lateLoserCount() {
        long count = 0;
        for (RemoteFrees queue : byOwner) {
            count += queue.lateLoserCount();
        }
        return count;
    }
}
