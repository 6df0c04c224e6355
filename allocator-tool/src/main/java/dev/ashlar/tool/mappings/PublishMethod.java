package dev.ashlar.tool.permissions;

import dev.ashlar.stubs.AddressRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A way of making functions executable. Not thread-safe unless its cell has several publications open at once. */
interface Way extends AutoCloseable {

    /** {@return an empty publication; confined to the calling thread until it is published} */
    Publication open();

    /**
     * {@return the address space that holds its regions, whole regions each, one range for each view; empty where there
     * are no regions, but a mapping for each function}
     */
    List<AddressRange> views();

    /** {@return bytes of memory behind it now, counted once whatever the number of views} */
    long committedByteSize();

    /** {@return mprotect calls made since it was opened} */
    long mprotectCallCount();

    /** Mends now what it would mend by and by; a way that never mends does nothing. */
    void heal();

    /** {@return what the way's own books say of splits; null where it keeps none} */
    CellFigures.@Nullable Books books();

    /** Gives everything back that it still knows of. */
    @Override
    void close();
}
