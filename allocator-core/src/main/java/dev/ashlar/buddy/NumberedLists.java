package dev.ashlar.buddy;

import java.util.Arrays;

/**
 * Lists by number, whose members are numbers too. A member is in at most one list. A bitmap finds the next list that is
 * not empty, and links move a member: constant time, and only {@link #reserve} allocates. The newest member of a list
 * comes first. Not thread-safe.
 */
final class NumberedLists {
    static final int NONE = -1;

    private final int[] head;
    /** Bit {@code l} is set if list {@code l} has members. */
    private final long[] occupied;

    /** Bit {@code w} is set if word {@code w} of {@link #occupied} is not zero. */
    private long occupiedWords;

    private int[] next = new int[0];
    private int[] previous = new int[0];
    private short[] listOf = new short[0];

    /** Creates the lists 0 to {@code listCount - 1}, all empty; at most 4096. */
    NumberedLists(int listCount) {
        assert listCount <= Long.SIZE * Long.SIZE : "listCount=" + listCount;
        head = new int[listCount];
        Arrays.fill(head, NONE);
        occupied = new long[(listCount + Long.SIZE - 1) / Long.SIZE];
    }

    /** Makes room for the members 0 to {@code memberCount - 1}, by doubling. */
    void reserve(int memberCount) {
        int before = listOf.length;
        if (memberCount > before) {
            int after = Math.max(memberCount, before + Math.max(8, before / 2));
            int[] moreNext = Arrays.copyOf(next, after);
            int[] morePrevious = Arrays.copyOf(previous, after);
            short[] moreLists = Arrays.copyOf(listOf, after);
            Arrays.fill(moreLists, before, after, (short) NONE);
            next = moreNext;
            previous = morePrevious;
            listOf = moreLists;
        }
    }

    /** Moves a member from its list, if any, to another; {@link #NONE} only removes it. */
    void move(int member, int list) {
        int from = listOf[member];
        if (from == list) {
            return;
        }
        if (from != NONE) {
            unlink(member, from);
        }
        listOf[member] = (short) list;
        if (list != NONE) {
            link(member, list);
        }
    }

    private void link(int member, int list) {
        int second = head[list];
        next[member] = second;
        previous[member] = NONE;
        head[list] = member;
        if (second != NONE) {
            previous[second] = member;
        } else {
            int word = list >> 6;
            occupied[word] |= 1L << list;
            occupiedWords |= 1L << word;
        }
    }

    private void unlink(int member, int from) {
        int before = previous[member];
        int after = next[member];
        if (after != NONE) {
            previous[after] = before;
        }
        if (before != NONE) {
            next[before] = after;
            return;
        }
        head[from] = after;
        if (after == NONE) {
            int word = from >> 6;
            occupied[word] &= ~(1L << from);
            if (occupied[word] == 0) {
                occupiedWords &= ~(1L << word);
            }
        }
    }

    /** {@return the first list from {@code list} on that has members, or NONE} */
    int occupiedFrom(int list) {
        if (list >= head.length) {
            return NONE;
        }
        int word = list >> 6;
        long bits = occupied[word] & (-1L << list);
        if (bits == 0) {
            long words = occupiedWords & (-2L << word);
            if (words == 0) {
                return NONE;
            }
            word = Long.numberOfTrailingZeros(words);
            bits = occupied[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** {@return the first member of the first list from {@code list} on that has any, or NONE} */
    int firstFrom(int list) {
        int found = occupiedFrom(list);
        return found == NONE ? NONE : head[found];
    }

    /** {@return the member after another, in its list or the next list that has any, or NONE} */
    int after(int member) {
        int after = next[member];
        return after == NONE ? firstFrom(listOf[member] + 1) : after;
    }

    /** {@return the first member of a list, or NONE} */
    int first(int list) {
        return head[list];
    }

    /** {@return the member after another in its list, or NONE} */
    int next(int member) {
        return next[member];
    }

    /** {@return the list that a member is in, or NONE} */
    int listOf(int member) {
        return member < listOf.length ? listOf[member] : NONE;
    }

    long metadataByteSize() {
        return 40 + 5 * 16 + 4L * head.length + 8L * occupied.length + 10L * listOf.length;
    }
}
