package dev.ashlar.tool.permissions;

import java.util.List;

/** Publishes functions in some order and keeps the time. Not thread-safe. */
interface Publisher extends AutoCloseable {

    /**
     * Publishes functions and has them looked at while some are open.
     *
     * @param from the first function
     * @param to the first that is not meant
     * @return what was published, in order
     */
    List<Published> publish(int from, int to);

    /** {@return mprotect calls made by publishing so far} */
    long mprotectCallCount();

    /** {@return time and number of functions of all that was timed so far} */
    Timing timing();

    @Override
    void close();

    /**
     * A publication that is done.
     *
     * @param publication the publication
     * @param from its first function
     * @param to the first that is not in it
     */
    record Published(Publication publication, int from, int to) {

        int functionCount() {
            return to - from;
        }
    }
}
