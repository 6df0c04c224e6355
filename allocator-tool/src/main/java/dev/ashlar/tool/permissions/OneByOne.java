package dev.ashlar.tool.permissions;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Each function is a publication, on the calling thread; one in a stride is looked at while it is open. */
final class OneByOne implements Publisher {

    private final Way way;
    private final Functions functions;
    private final Runnable look;
    private final int stride;
    private final Staging staging = new Staging();
    private Timing timing = Timing.NONE;
    private long mprotectCallCount;

    /**
     * Publishes nothing yet.
     *
     * @param look called while a publication is open
     * @param stride functions from one look to the next
     */
    OneByOne(Way way, Functions functions, Runnable look, int stride) {
        this.way = way;
        this.functions = functions;
        this.look = look;
        this.stride = stride;
    }

    @Override
    public List<Published> publish(int from, int to) {
        List<Published> published = new ArrayList<>(to - from);
        long callsBefore = way.mprotectCallCount();
        for (int next = from; next < to; next += stride) {
            int last = Math.min(to, next + stride) - 1;
            long start = System.nanoTime();
            for (int function = next; function < last; function++) {
                Publication publication = way.open();
                write(publication, function);
                publication.publish();
                published.add(new Published(publication, function, function + 1));
            }
            timing = timing.plus(System.nanoTime() - start, last - next);
            Publication watched = way.open();
            write(watched, last);
            look.run();
            watched.publish();
            published.add(new Published(watched, last, last + 1));
        }
        mprotectCallCount += way.mprotectCallCount() - callsBefore;
        return published;
    }

    private void write(Publication publication, int function) {
        MemorySegment code = staging.function(function, functions.byteSize(function));
        functions.lives(function, publication.write(function, code), publication.constants());
    }

    @Override
    public long mprotectCallCount() {
        return mprotectCallCount;
    }

    @Override
    public Timing timing() {
        return timing;
    }

    @Override
    public void close() {
        // Nothing but the calling thread is needed.
    }
}
