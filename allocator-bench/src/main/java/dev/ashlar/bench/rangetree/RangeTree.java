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

    private long[] start = new long[64];
    private int[] length = new int[start.length];
    private int[] longest = new int[start.length];
    private int[] left = new int[start.length];
    private int[] right = new int[start.length];
    private int[] parent = new int[start.length];
    private byte[] height = new byte[start.length];

    private int root;
    private int count;
    /** The first node that was never used; a chain of left links joins the nodes that were given back. */
    private int nodeEnd = 1;
    private int unused;

    /** {@return the lowest range of at least this length, or {@link #NONE}} */
    int firstFit(int needed) {
        int node = root;
        if (longest[node] < needed) {
            return NONE;
        }
        while (true) {
            if (longest[left[node]] >= needed) {
                node = left[node];
            } else if (length[node] >= needed) {
                return node;
            } else {
                node = right[node];
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

    int count() {
        return count;
    }

    /** {@return the length of the longest range, or 0 if the tree is empty} */
    int longest() {
        return longest[root];
    }

    /** {@return the first range in order of address, or {@link #NONE}} */
    int first() {
        return lowest(root);
    }

    /** {@return the range after this one, or {@link #NONE}} */
    int next(int node) {
        if (right[node] != NONE) {
            return lowest(right[node]);
        }
        int child = node;
        int above = parent[node];
        while (above != NONE && child == right[above]) {
            child = above;
            above = parent[above];
        }
        return above;
    }

    /** {@return the last range that starts at or before a position, or {@link #NONE}} */
    int floor(long position) {
        int found = NONE;
        for (int node = root; node != NONE;) {
            if (start[node] <= position) {
                found = node;
                node = right[node];
            } else {
                node = left[node];
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
        long end = start[node] + length[node];
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

    /** Adds units and merges them with the ranges they touch. {@return the range that holds them now} */
    int merge(long from, int units) {
        int below = NONE;
        int above = NONE;
        for (int node = root; node != NONE;) {
            if (from < start[node]) {
                above = node;
                node = left[node];
            } else {
                below = node;
                node = right[node];
            }
        }
        assert below == NONE || start[below] + length[below] <= from : "from=" + from;
        assert above == NONE || from + units <= start[above] : "from=" + from + " units=" + units;
        boolean touchesBelow = below != NONE && start[below] + length[below] == from;
        boolean touchesAbove = above != NONE && from + units == start[above];
        if (touchesBelow) {
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

    /** Adds a range that touches no other. {@return its node} */
    private int add(long from, int units) {
        assert units > 0 : "units=" + units;
        int node = newNode();
        start[node] = from;
        length[node] = units;
        longest[node] = units;
        left[node] = NONE;
        right[node] = NONE;
        height[node] = 1;
        int above = NONE;
        for (int below = root; below != NONE;) {
            above = below;
            below = from < start[below] ? left[below] : right[below];
        }
        parent[node] = above;
        if (above == NONE) {
            root = node;
        } else if (from < start[above]) {
            left[above] = node;
        } else {
            right[above] = node;
        }
        count++;
        mendFrom(above);
        return node;
    }

    private void remove(int node) {
        int mend;
        int heir;
        if (left[node] == NONE || right[node] == NONE) {
            heir = left[node] + right[node];
            mend = parent[node];
            replace(node, heir);
        } else {
            heir = lowest(right[node]);
            mend = parent[heir] == node ? heir : parent[heir];
            if (parent[heir] != node) {
                replace(heir, right[heir]);
                right[heir] = right[node];
                parent[right[heir]] = heir;
            }
            replace(node, heir);
            left[heir] = left[node];
            parent[left[heir]] = heir;
            // The old values of this place: the walk upwards goes on while a value differs.
            height[heir] = height[node];
            longest[heir] = longest[node];
            mendFrom(mend);
            mend = heir;
        }
        mendFrom(mend);
        left[node] = unused;
        unused = node;
        count--;
    }

    private int newNode() {
        int node = unused;
        if (node != NONE) {
            unused = left[node];
            return node;
        }
        if (nodeEnd == start.length) {
            int larger = 2 * start.length;
            start = Arrays.copyOf(start, larger);
            length = Arrays.copyOf(length, larger);
            longest = Arrays.copyOf(longest, larger);
            left = Arrays.copyOf(left, larger);
            right = Arrays.copyOf(right, larger);
            parent = Arrays.copyOf(parent, larger);
            height = Arrays.copyOf(height, larger);
        }
        return nodeEnd++;
    }

    private int lowest(int top) {
        int node = top;
        while (left[node] != NONE) {
            node = left[node];
        }
        return node;
    }

    private void resize(int node, int units) {
        length[node] = units;
        mendFrom(node);
    }

    /** Replaces a node by another one, or by none, in its parent. */
    private void replace(int node, int other) {
        int above = parent[node];
        if (above == NONE) {
            root = other;
        } else if (left[above] == node) {
            left[above] = other;
        } else {
            right[above] = other;
        }
        if (other != NONE) {
            parent[other] = above;
        }
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

    /** {@return the top node of this subtree afterwards} */
    private int balance(int node) {
        int slope = height[left[node]] - height[right[node]];
        if (slope > 1) {
            int child = left[node];
            if (height[left[child]] < height[right[child]]) {
                rotateLeft(child);
            }
            return rotateRight(node);
        }
        if (slope < -1) {
            int child = right[node];
            if (height[right[child]] < height[left[child]]) {
                rotateRight(child);
            }
            return rotateLeft(node);
        }
        update(node);
        return node;
    }

    private int rotateLeft(int node) {
        int top = right[node];
        right[node] = left[top];
        if (left[top] != NONE) {
            parent[left[top]] = node;
        }
        replace(node, top);
        left[top] = node;
        parent[node] = top;
        update(node);
        update(top);
        return top;
    }

    private int rotateRight(int node) {
        int top = left[node];
        left[node] = right[top];
        if (right[top] != NONE) {
            parent[right[top]] = node;
        }
        replace(node, top);
        right[top] = node;
        parent[node] = top;
        update(node);
        update(top);
        return top;
    }

    private void update(int node) {
        height[node] = (byte) (1 + Math.max(height[left[node]], height[right[node]]));
        longest[node] = Math.max(length[node], Math.max(longest[left[node]], longest[right[node]]));
    }

    /** Throws if the order, the balance or a node's record of its subtree is wrong, or if two ranges touch. */
    void checkInvariants() {
        int counted = 0;
        int before = NONE;
        for (int node = first(); node != NONE; node = next(node)) {
            counted++;
            int oldHeight = height[node];
            int oldLongest = longest[node];
            update(node);
            require(height[node] == oldHeight && longest[node] == oldLongest, "what is below", node);
            require(Math.abs(height[left[node]] - height[right[node]]) <= 1, "balance", node);
            require(before == NONE || end(before) < start[node], "order", node);
            before = node;
        }
        require(counted == count, "count", counted);
    }

    private static void require(boolean holds, String what, int value) {
        if (!holds) {
            throw new IllegalStateException("range tree corrupted: " + what + ": " + value);
        }
    }
}
