package dev.ashlar.tool.replay;

/**
 * A recorded sequence of allocations and frees, ready to be replayed without allocating anything.
 *
 * <p>Objects are numbered in the order of their allocation. An event is one {@code int}: the object's number for its
 * allocation, the bitwise complement of it for its free; so one array, read in order, gives event and direction.
 */
public final class Trace {

    private final String file;
    private final int[] events;
    private final int[] byteSizes;
    private final long peakLiveByteSize;
    private final int peakLiveCount;
    private final int byteSizeMax;

    Trace(String file, int[] events, int[] byteSizes) {
        this.file = file;
        this.events = events;
        this.byteSizes = byteSizes;
        long live = 0;
        long peak = 0;
        int liveCount = 0;
        int peakCount = 0;
        int largest = 0;
        for (int event : events) {
            if (event >= 0) {
                live += byteSizes[event];
                peak = Math.max(peak, live);
                peakCount = Math.max(peakCount, ++liveCount);
                largest = Math.max(largest, byteSizes[event]);
            } else {
                live -= byteSizes[~event];
                liveCount--;
            }
            assert live >= 0 : "live=" + live;
        }
        this.peakLiveByteSize = peak;
        this.peakLiveCount = peakCount;
        this.byteSizeMax = largest;
    }

    /** {@return the file it was read from, as it was named} */
    public String file() {
        return file;
    }

    /** {@return allocations and frees together} */
    public int eventCount() {
        return events.length;
    }

    /** {@return allocations, which is also the number of objects} */
    public int allocationCount() {
        return byteSizes.length;
    }

    /** {@return frees; an object that is never freed lives to the end} */
    public int freeCount() {
        return events.length - byteSizes.length;
    }

    /** {@return most bytes asked for and live at once} */
    public long peakLiveByteSize() {
        return peakLiveByteSize;
    }

    /** {@return most objects live at once} */
    int peakLiveCount() {
        return peakLiveCount;
    }

    /** {@return bytes of the largest object} */
    public int byteSizeMax() {
        return byteSizeMax;
    }

    /** {@return the event at an index: an object's number, or its complement if it is freed} */
    public int event(int index) {
        return events[index];
    }

    /** {@return bytes of an object} */
    public int byteSize(int object) {
        return byteSizes[object];
    }
}
