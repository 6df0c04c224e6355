package dev.ashlar.bench.rangetree;

import java.util.Arrays;

/**
 * A balanced tree of ranges in address order; no two ranges touch. Each node holds the length of the longest range in
 * its subtree, so that one descent finds the lowest range that is long enough, as in the kernel's vmap areas.
 *
 * <p>An AVL tree in arrays, with parent links. A node is an index; index {@value #NONE} stands for the empty tree.
 * The caller chooses the unit of starts and lengths. Not thread-safe.
 */
final class RangeTree {

    static final int NONE = 0;

    private static final int LEFT = 0;
    private static final int RIGHT = 1;

    private long[] start = new long[64];
    private int[] length = new int[start.length];
    private int[] longest = new int[start.length];
    /** The left and the right child of each node, side by side. */
    private int[] child = new int[2 * start.length];
    private int[] parent = new int[start.length];
    private byte[] height = new byte[start.length];

    private int root;
    /** The first node that was never used; a chain of left links joins the nodes that were given back. */
    private int nodeEnd = 1;
    private int unused;

    private int left(int node) {
        return child[2 * node + LEFT];
    }

    private int right(int node) {
        return child[2 * node + RIGHT];
    }

    /** {@return the lowest range of at least this length, or {@link #NONE}} */
    int firstFit(int needed) {
        int node = root;
        if (longest[node] < needed) {
            return NONE;
        }
        while (true) {
            if (longest[left(node)] >= needed) {
                node = left(node);
            } else if (length[node] >= needed) {
                return node;
            } else {
                node = right(node);
            }
        }
    }

    long start(int node) {
        return start[node];
    }

    int length(int node) {
        return length[node];
    }

    /** {@return the position just after a range} */
    long end(int node) {
        return start[node] + length[node];
    }

    /** {@return the last range that starts at or before a position, or {@link #NONE}} */
    int floor(long position) {
        int found = NONE;
        for (int node = root; node != NONE;) {
            if (start[node] <= position) {
                found = node;
                node = right(node);
            } else {
                node = left(node);
            }
        }
        return found;
    }

    /** Takes the first units of a range, and removes the range if none is left. */
    void takeFront(int node, int taken) {
        assert taken > 0 && taken <= length[node] : "taken=" + taken + " of " + length[node];
        if (taken == length[node]) {
            remove(node);
        } else {
            start[node] += taken;
            resize(node, length[node] - taken);
        }
    }

    /** Takes units out of a range; this node keeps what lies before them, a new node gets what lies after them. */
    void cut(int node, long from, long to) {
        long end = end(node);
        assert start[node] <= from && from < to && to <= end : "from=" + from + " to=" + to;
        if (from == start[node]) {
            takeFront(node, (int) (to - from));
            return;
        }
        resize(node, (int) (from - start[node]));
        if (to < end) {
            add(to, (int) (end - to));
        }
    }

    /** Adds units and merges them with the ranges they touch. Returns the range that holds them now. */
    int merge(long from, int units) {
        int below = NONE;
        int above = NONE;
        for (int node = root; node != NONE;) {
            if (from < start[node]) {
                above = node;
                node = left(node);
            } else {
                below = node;
                node = right(node);
            }
        }
        assert below == NONE || end(below) <= from : "from=" + from;
        assert above == NONE || from + units <= start[above] : "from=" + from + " units=" + units;
        boolean touchesAbove = above != NONE && from + units == start[above];
        if (below != NONE && end(below) == from) {
            int joined = length[below] + units;
            if (touchesAbove) {
                joined += length[above];
                remove(above);
            }
            resize(below, joined);
            return below;
        }
        if (touchesAbove) {
            start[above] = from;
            resize(above, length[above] + units);
            return above;
        }
        return add(from, units);
    }

    /** Adds a range that touches no other. Returns its node. */
    private int add(long from, int units) {
        assert units > 0 : "units=" + units;
        int node = newNode();
        start[node] = from;
        length[node] = units;
        longest[node] = units;
        child[2 * node + LEFT] = NONE;
        child[2 * node + RIGHT] = NONE;
        height[node] = 1;
        int above = NONE;
        int side = LEFT;
        for (int below = root; below != NONE; below = child[2 * below + side]) {
            above = below;
            side = from < start[below] ? LEFT : RIGHT;
        }
        parent[node] = above;
        if (above == NONE) {
            root = node;
        } else {
            child[2 * above + side] = node;
        }
        mendFrom(above);
        return node;
    }

    private void remove(int node) {
        int mend = parent[node];
        if (left(node) == NONE || right(node) == NONE) {
            replace(node, left(node) + right(node));
        } else {
            int heir = right(node);
            while (left(heir) != NONE) {
                heir = left(heir);
            }
            mend = parent[heir] == node ? heir : parent[heir];
            if (mend != heir) {
                replace(heir, right(heir));
                adopt(heir, RIGHT, right(node));
            }
            replace(node, heir);
            adopt(heir, LEFT, left(node));
            // The old values of this place: the walk upwards goes on while a value differs.
            height[heir] = height[node];
            longest[heir] = longest[node];
            mendFrom(mend);
            mend = heir;
        }
        mendFrom(mend);
        child[2 * node + LEFT] = unused;
        unused = node;
    }

    private int newNode() {
        int node = unused;
        if (node != NONE) {
            unused = left(node);
            return node;
        }
        if (nodeEnd == start.length) {
            int larger = 2 * start.length;
            start = Arrays.copyOf(start, larger);
            length = Arrays.copyOf(length, larger);
            longest = Arrays.copyOf(longest, larger);
            child = Arrays.copyOf(child, 2 * larger);
            parent = Arrays.copyOf(parent, larger);
            height = Arrays.copyOf(height, larger);
        }
        return nodeEnd++;
    }

    private void resize(int node, int units) {
        length[node] = units;
        mendFrom(node);
    }

    /** Replaces a node by another one, or by none, in its parent. */
    private void replace(int node, int other) {
        int above = parent[node];
        if (above != NONE) {
            adopt(above, left(above) == node ? LEFT : RIGHT, other);
        } else {
            root = other;
            parent[other] = NONE;
        }
    }

    /** Makes a node, or none, a child. The parent of {@link #NONE} has no meaning. */
    private void adopt(int node, int side, int other) {
        child[2 * node + side] = other;
        parent[other] = node;
    }

    /** Updates heights and longest lengths and restores the balance, from here upwards until nothing changes. */
    private void mendFrom(int lowestChanged) {
        int node = lowestChanged;
        while (node != NONE) {
            int oldHeight = height[node];
            int oldLongest = longest[node];
            node = balance(node);
            if (height[node] == oldHeight && longest[node] == oldLongest) {
                return;
            }
            node = parent[node];
        }
    }

    /** Returns the top node of this subtree afterwards. */
    private int balance(int node) {
        int slope = height[left(node)] - height[right(node)];
        if (Math.abs(slope) <= 1) {
            update(node);
            return node;
        }
        int high = slope > 0 ? LEFT : RIGHT;
        int top = child[2 * node + high];
        if (height[child[2 * top + high]] < height[child[2 * top + 1 - high]]) {
            rotate(top, 1 - high);
        }
        return rotate(node, high);
    }

    /** Puts the child on one side of a node above the node. Returns that child. */
    private int rotate(int node, int side) {
        int top = child[2 * node + side];
        replace(node, top);
        adopt(node, side, child[2 * top + 1 - side]);
        adopt(top, 1 - side, node);
        update(node);
        update(top);
        return top;
    }

    private void update(int node) {
        height[node] = (byte) (1 + Math.max(height[left(node)], height[right(node)]));
        longest[node] = Math.max(length[node], Math.max(longest[left(node)], longest[right(node)]));
    }

    /**
     * Throws if the order, the balance or a node's record of its subtree is wrong, or if two ranges touch. Returns the
     * number of ranges.
     */
    int checkInvariants() {
        return check(root, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private int check(int node, long endBefore, long startAfter) {
        if (node == NONE) {
            return 0;
        }
        int oldHeight = height[node];
        int oldLongest = longest[node];
        update(node);
        if (height[node] != oldHeight || longest[node] != oldLongest || endBefore >= start[node]
                || end(node) >= startAfter || Math.abs(height[left(node)] - height[right(node)]) > 1) {
            throw new IllegalStateException("range tree corrupted at " + start[node]);
        }
        return 1 + check(left(node), endBefore, start[node]) + check(right(node), end(node), startAfter);
    }
}
