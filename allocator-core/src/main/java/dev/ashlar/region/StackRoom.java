package dev.ashlar.region;

/**
 * Makes sure that the stack has room before a change of several steps begins, so that a stack overflow comes before the
 * first step and not in between.
 */
public final class StackRoom {
    /** Calls of {@link #descend}; together they need more stack than any of our steps, compiled or not: 30 KiB. */
    private static final int DEPTH = 400;

    private StackRoom() {}

    /**
     * Requires room for a change.
     *
     * @throws StackOverflowError if there is none; then nothing has changed
     */
    public static void require() {
        descend(DEPTH, 1, 2, 3, 4);
    }

    private static long descend(int depth, long first, long second, long third, long fourth) {
        // All four are used after the call, so that each frame has room for them.
        return depth == 0 ? first : descend(depth - 1, second, third, fourth, first) + first * second + third * fourth;
    }
}
