package dev.ashlar.slab;

import java.util.Arrays;

/**
 * Lists of runs, each named by its first page and in one list at most: for each list its first run plus one, or 0. The
 * links are in the lines: the next run in the lower half of the word, the one before in the upper half. Not
 * thread-safe.
 */
final class RunLists {
    static final int NONE = -1;

    private final Lines lines;
    private final int[] heads;

    RunLists(Lines lines, int listCount) {
        this.lines = lines;
        this.heads = new int[listCount];
    }

    /** {@return the first run of a list, or {@link #NONE}} */
    int first(int list) {
        return heads[list] - 1;
    }

    /** {@return the run after another one, or {@link #NONE}} */
    int next(int page) {
        return (int) links(page) - 1;
    }

    private int previous(int page) {
        return (int) (links(page) >>> Integer.SIZE) - 1;
    }

    private long links(int page) {
        return lines.of(page)[Lines.lineOf(page) + Lines.LINKS];
    }

    private void setLinks(int page, int previous, int next) {
        long word = ((long) (previous + 1) << Integer.SIZE) | ((next + 1) & 0xffff_ffffL);
        lines.of(page)[Lines.lineOf(page) + Lines.LINKS] = word;
    }

    void add(int list, int page) {
        int next = first(list);
        if (next >= 0) {
            setLinks(next, page, next(next));
        }
        setLinks(page, NONE, next);
        heads[list] = page + 1;
    }

    void remove(int list, int page) {
        int next = next(page);
        int previous = previous(page);
        if (next >= 0) {
            setLinks(next, previous, next(next));
        }
        if (previous >= 0) {
            setLinks(previous, previous(previous), next);
        } else {
            heads[list] = next + 1;
        }
    }

    /** {@return whether a run is the only one of a list} */
    boolean isOnly(int list, int page) {
        return first(list) == page && next(page) < 0;
    }

    int count() {
        return heads.length;
    }

    /** Empties all lists. */
    void clear() {
        Arrays.fill(heads, 0);
    }

    /** {@return the runs of a list, after checking the links} */
    int[] checked(int list) {
        int[] runs = new int[16];
        int count = 0;
        int before = NONE;
        for (int page = first(list); page >= 0; page = next(page)) {
            if (previous(page) != before || !RunWord.isFirst(lines.run(page))) {
                throw new IllegalStateException("run at page " + page + " is wrong in list " + list);
            }
            if (count == runs.length) {
                runs = Arrays.copyOf(runs, 2 * count);
            }
            runs[count++] = page;
            before = page;
        }
        return Arrays.copyOf(runs, count);
    }

    long metadataByteSize() {
        return 24 + 16 + 4L * heads.length;
    }
}
