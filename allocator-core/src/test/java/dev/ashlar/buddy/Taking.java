package dev.ashlar.buddy;

/** Finds and takes in one step, as a run allocator does with a region that it chose. */
final class Taking {
    private Taking() {}

    /** {@return the first page of the run taken, or -1 if there was no room} */
    static int from(Buddy buddy, int pageCount, int log2Alignment) {
        int page = buddy.find(pageCount, log2Alignment);
        if (page >= 0) {
            buddy.take(page, pageCount);
        }
        return page;
    }
}
