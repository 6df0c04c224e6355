package dev.ashlar.slab;

/** The slabs of one owner: a list for each size class of those with a free slot, and one of the full ones. */
final class SlabPool {
    private static final int FULL = SizeClasses.SLOT_CLASS_COUNT;
    private static final double LEAST_SURPLUS_SHARE = 1.0 / 16;
    private static final int SURPLUS_LOOKS = 8;

    private final Lines lines;
    private final RemoteFrees remote;
    private final Slots slots;
    private final RunLists lists;

    SlabPool(Lines lines, RemoteFrees remote) {
        this.lines = lines;
        this.remote = remote;
        this.slots = new Slots(lines);
        this.lists = new RunLists(lines, FULL + 1);
    }

    /** {@return a slab of a class with a free slot, or {@link RunLists#NONE}} */
    int first(int sizeClass) {
        return lists.first(sizeClass);
    }

    /**
     * Takes a slot of the first slab of a class, and parks some. Pre: there is one with a free slot.
     *
     * @param stacks where parked slots go, as in {@link Slots#take}
     * @return its offset
     */
    long allocate(int sizeClass, Holder holder, long[] stacks) {
        int slab = lists.first(sizeClass);
        if (RunWord.freeCount(lines.first(slab)) == 1) {
            lists.remove(sizeClass, slab);
            lists.add(FULL, slab);
        }
        return slots.take(slab, remote, holder, stacks);
    }

    /** Frees a slot. Pre: it is live or parked, and erased. */
    void free(int slab, long[] words, int position) {
        long first = lines.first(slab);
        slots.free(slab, words, position);
        if (RunWord.freeCount(first) == 0) {
            lists.remove(FULL, slab);
            lists.add(RunWord.sizeClass(first), slab);
        }
    }

    /** {@return whether a slab has no live or parked block, and another one of its class has a free slot} */
    boolean isClosable(int slab) {
        long first = lines.first(slab);
        return RunWord.isVacant(first) && !lists.isOnly(RunWord.sizeClass(first), slab);
    }

    /**
     * {@return a slab of a class that another owner may need more than this one: one of the first of which a 16th is
     * free, if another one has a free slot; else {@link RunLists#NONE}}
     */
    int surplus(int sizeClass) {
        int slab = lists.first(sizeClass);
        if (slab < 0 || lists.next(slab) < 0) {
            return RunLists.NONE;
        }
        for (int look = 0; look < SURPLUS_LOOKS && slab >= 0; look++) {
            if (RunWord.freeShare(lines.first(slab)) >= LEAST_SURPLUS_SHARE) {
                return slab;
            }
            slab = lists.next(slab);
        }
        return RunLists.NONE;
    }

    void add(int slab) {
        lists.add(listOf(slab), slab);
    }

    void remove(int slab) {
        lists.remove(listOf(slab), slab);
    }

    private int listOf(int slab) {
        long first = lines.first(slab);
        return RunWord.freeCount(first) == 0 ? FULL : RunWord.sizeClass(first);
    }

    /** {@return the slab after another one in its list, or {@link RunLists#NONE}} */
    int next(int slab) {
        return lists.next(slab);
    }

    /** {@return a full slab, or {@link RunLists#NONE}} */
    int firstFull() {
        return lists.first(FULL);
    }

    /** Forgets all slabs, after an Error cut a change short; {@link #add} adds them again. */
    void forget() {
        lists.clear();
    }

    /** Frees parked slots of a slab, and counts anew what is free, after an Error cut a change short. */
    void rebuild(int slab, RunSpace space) {
        slots.rebuild(slab, space);
    }

    /** {@return the number of slabs of this pool, after checking the lists and the owner} */
    int checkedCount(int ownerId) {
        int count = 0;
        for (int list = 0; list <= FULL; list++) {
            for (int slab : lists.checked(list)) {
                slots.check(slab);
                long first = lines.first(slab);
                if (listOf(slab) != list || RunWord.isPacked(first) || RunWord.ownerId(first) != ownerId) {
                    throw new IllegalStateException("slab at page " + slab + " of owner " + RunWord.ownerId(first)
                            + " is wrong in list " + list + " of owner " + ownerId);
                }
                count++;
            }
        }
        return count;
    }

    long metadataByteSize() {
        return 32 + 16 + 16 + lists.metadataByteSize();
    }
}
