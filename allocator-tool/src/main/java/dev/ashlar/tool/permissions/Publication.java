package dev.ashlar.tool.permissions;

import java.lang.foreign.MemorySegment;

/** Functions that become executable in one step and are freed in one. */
interface Publication {

    /**
     * Takes room for a function and writes it.
     *
     * @param number what it returns, and its first constant where it has any
     * @param code the function, which may run at any address
     * @return where it will run once it is published
     */
    long write(int number, MemorySegment code);

    /** {@return where the constants of the function written last will be read; 0 where it has none} */
    default long constants() {
        return 0;
    }

    /** Makes everything written executable; on the thread that opened it. */
    void publish();

    /** Gives everything back; once, after {@link #publish}, on any thread while no other works on the same way. */
    void free();
}
