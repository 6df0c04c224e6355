package dev.ashlar.recording;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapExhaustedException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a recording learns of heaps. By default each method does nothing. An address is one in the view whose
 * addresses callers see, a size is a number of bytes.
 *
 * <p>Thread-safe. No method throws, apart from Errors at its entry.
 */
public interface HeapEvents {
    /** {@return a commit of a region that begins now, or null if it is not recorded} */
    default @Nullable Begun commitBegins() {
        return null;
    }

    /** Ends what {@link #commitBegins} began. */
    default void committed(
            @Nullable Begun begun, String heapName, Domain domain, long address, long byteSize, Backing backing) {}

    /** {@return a release of a region that begins now, or null if it is not recorded} */
    default @Nullable Begun releaseBegins() {
        return null;
    }

    /** Ends what {@link #releaseBegins} began. */
    default void released(
            @Nullable Begun begun, String heapName, Domain domain, long address, long byteSize, Backing backing) {}

    /**
     * Records that the host refused what a heap asked for first.
     *
     * @param from the backing or write path that the heap asked for
     * @param to the one that it got, or null if it got none
     */
    default void fellBack(String heapName, Domain domain, String from, @Nullable String to, Refusal refusal) {}

    /**
     * Records that a huge mapping of a region is split.
     *
     * @param cause what split it, in a few words
     */
    default void split(
            String heapName, Domain domain, long address, long byteSize, Backing backing, String cause) {}

    /** {@return an attempt to make a split region huge that begins now, or null if it is not recorded} */
    default @Nullable Begun healBegins() {
        return null;
    }

    /**
     * Ends what {@link #healBegins} began.
     *
     * @param failure why the region is still split, or null if it is huge again
     */
    default void healed(
            @Nullable Begun begun, String heapName, Domain domain, long address, long byteSize, Backing backing,
            @Nullable String failure) {}

    /** Records what a heap is about to throw because it has no room. */
    default void exhausted(String heapName, Domain domain, HeapExhaustedException thrown) {}

    /**
     * Records how many retired blocks wait for threads.
     *
     * @param threads asked for the threads that hold them up, if that is recorded
     */
    default void backlog(String heapName, int blockCount, int largestCount, Supplier<List<String>> threads) {}

    /** {@return whether {@link #published} records anything now} */
    default boolean recordsPublished() {
        return false;
    }

    /**
     * Records that code can be run.
     *
     * @param name its name, or null if it has none
     */
    default void published(
            String heapName, @Nullable String name, long address, long byteSize, WritePath path) {}
}
