package dev.ashlar.bench.rivals;

import java.util.Arrays;

/**
 * A balanced tree of free ranges in address order; no two ranges touch. Each node holds the length of the longest range
 * in its subtree, so that one descent finds the lowest range that is long enough, as in the kernel's vmap areas.
 *
 * <p>An AVL tree in arrays, with parent links. A node is an index; index {@value #NONE} stands for the empty tree, and
 * its left child is the root. The caller chooses the unit of starts and lengths. Not thread-safe.
 */
final class RangeTree {

    /** Returned instead of a position if no range is long enough. */
    static final int NOWHERE = -1;

    private static final int NONE = 0;
    private static final int LEFT = 0;
    private static final int RIGHT = 1;

    private int[] start = new int[64];
    private int[] length = new int[start.length];
    private int[] longest = new int[start.length];
    /** The left and the right child of each node, side by side. */
    private int[] child = new int[2 * start.length];
    private int[] parent = new int[start.length];
    private byte[] height = new byte[start.length];

    /** The first node that was never used; a chain of left links joins the nodes that were given back. */
    private int nodeEnd = 1;
    private int unused;

    private int left(int node) {
        return child[2 * node + LEFT];
    }

    private int right(int node) {
        return child[2 * node + RIGHT];
    }

    private int root() {
        return left(NONE);
    }

    private int end(int node) {
        return start[node] + length[node];
    }

    /** Takes the front of the lowest range that is long enough. Returns where it starts, or {@link #NOWHERE}. */
    int take(int units) {
        assert units > 0 : "units=" + units;
        int node = root();
        if (longest[node] < units) {
            return NOWHERE;
        }
        while (true) {
            if (longest[left(node)] >= units) {
                node = left(node);
            } else if (length[node] < units) {
                node = right(node);
            } else {
                break;
            }
        }
        int from = start[node];
        if (length[node] == units) {
            remove(node);
        } else {
            start[node] += units;
            resize(node, length[node] - units);
        }
        return from;
    }

    /** Adds units, none of which is in the tree, and merges them with the ranges that they touch. */
    void add(int from, int units) {
        int below = NONE;
        int above = NONE;
        for (int node = root(); node != NONE;) {
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
        } else if (touchesAbove) {
            start[above] = from;
            resize(above, length[above] + units);
        } else {
            int node = newNode();
            start[node] = from;
            adopt(node, LEFT, NONE);
            adopt(node, RIGHT, NONE);
            if (below != NONE && right(below) == NONE) {
                adopt(below, RIGHT, node);
            } else {
                adopt(above, LEFT, node);
            }
            resize(node, units);
        }
    }

    private void remove(int node) {
        int gone = node;
        if (left(node) != NONE && right(node) != NONE) {
            // The next range moves here, because its own node has no left child and so is easy to remove.
            gone = right(node);
            while (left(gone) != NONE) {
                gone = left(gone);
            }
            start[node] = start[gone];
            length[node] = length[gone];
        }
        replace(gone, left(gone) + right(gone));
        mendFrom(parent[gone]);
        if (gone != node) {
            mendFrom(node);
        }
        child[2 * gone + LEFT] = unused;
        unused = gone;
    }

    /** {@return a node that is not in the tree; its height is 0} */
    private int newNode() {
        int node = unused;
        if (node != NONE) {
            unused = left(node);
            height[node] = 0;
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
        adopt(above, left(above) == node ? LEFT : RIGHT, other);
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
        return check(root(), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private int check(int node, int endBefore, int startAfter) {
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
