package dev.ashlar.region;

/**
 * Makes sure that the stack has room before a change of several steps begins, so that a stack overflow comes before the
 * first step and not in between. It takes about a microsecond, so it is only for calls that take longer themselves.
 */
public final class StackRoom {
    /** Calls of {@link #descend}: 19 KiB of stack compiled by C2, 44 by C1, 62 interpreted (JDK 25, x86-64). */
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
