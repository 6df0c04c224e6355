package dev.ashlar.tool.mappings;

import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.mappings.PublishMethod.Publication;
import dev.ashlar.tool.mappings.Workload.Plan;
import dev.ashlar.tool.workload.WorkerThreads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Publishes functions in order and measures the time without the looks. Without threads each function is a publication,
 * and one in a stride is looked at while it is open. With threads each round fills one publication for each thread,
 * looks while all are open, then publishes them. Not thread-safe.
 */
final class Publisher implements AutoCloseable {

    private static final int CODE_BYTE_SIZE_MAX = 4096;

    private final PublishMethod method;
    private final Functions functions;
    private final Runnable look;
    private final int functionsPerPublication;
    private final int stride;
    private final WorkerThreads threads;
    /** A buffer for the code of one function, for each thread. */
    private final List<MemorySegment> buffers;
    private final AtomicLong nanos = new AtomicLong();
    private long timedFunctionCount;
    private long mprotectCallCount;

    /**
     * Publishes nothing yet.
     *
     * @param look called while publications are open
     * @param stride functions from one look to the next, if they are published one by one
     */
    Publisher(Plan plan, PublishMethod method, Functions functions, Runnable look, int stride) {
        this.method = method;
        this.functions = functions;
        this.look = look;
        this.functionsPerPublication = plan.functionsPerPublication();
        this.stride = stride;
        this.threads = new WorkerThreads("publisher", plan.openCount());
        // Filled with traps: hlt on x86-64, an undefined instruction on AArch64.
        this.buffers = Stream.generate(() -> Arena.ofAuto().allocate(CODE_BYTE_SIZE_MAX, 64).fill((byte) 0xf4))
                .limit(Math.max(1, plan.openCount()))
                .toList();
    }

    /**
     * A publication that is done.
     *
     * @param from its first function
     * @param to the first function after it
     */
    record Published(Publication publication, int from, int to) {

        int functionCount() {
            return to - from;
        }
    }

    /** {@return the publications of the functions from one number to another, exclusive, in order} */
    List<Published> publish(int from, int to) {
        return threads.count() == 0 ? oneByOne(from, to) : inRounds(from, to);
    }

    private List<Published> oneByOne(int from, int to) {
        List<Published> published = new ArrayList<>(to - from);
        long callsBefore = method.mprotectCallCount();
        for (int first = from; first < to; first += stride) {
            int next = first;
            int last = Math.min(to, first + stride) - 1;
            timed(() -> {
                for (int function = next; function < last; function++) {
                    Published one = fill(0, function, function + 1);
                    one.publication.publish();
                    published.add(one);
                }
                return published;
            });
            timedFunctionCount += last - first;
            Published watched = fill(0, last, last + 1);
            look.run();
            watched.publication.publish();
            published.add(watched);
        }
        mprotectCallCount += method.mprotectCallCount() - callsBefore;
        return published;
    }

    private List<Published> inRounds(int from, int to) {
        List<Published> published = new ArrayList<>();
        int functionsPerRound = threads.count() * functionsPerPublication;
        for (int next = from; next < to; next += functionsPerRound) {
            int first = next;
            int end = Math.min(to, first + functionsPerRound);
            int count = Math.ceilDiv(end - first, functionsPerPublication);
            List<Published> round = threads.run(count, thread -> timed(() -> {
                int begin = first + thread * functionsPerPublication;
                return fill(thread, begin, Math.min(end, begin + functionsPerPublication));
            }));
            timedFunctionCount += end - first;
            look.run();
            long callsBefore = method.mprotectCallCount();
            threads.run(count, thread -> timed(() -> {
                round.get(thread).publication.publish();
                return thread;
            }));
            mprotectCallCount += method.mprotectCallCount() - callsBefore;
            published.addAll(round);
        }
        return published;
    }

    /** {@return an open publication that holds some functions} */
    private Published fill(int thread, int from, int to) {
        MemorySegment code = buffers.get(thread);
        Publication publication = method.open();
        for (int function = from; function < to; function++) {
            ConstantFunction.write(code, function);
            // Each thread records its own functions, and the others read them when it is done.
            publication.write(functions, function, code.asSlice(0, functions.byteSize(function)));
        }
        return new Published(publication, from, to);
    }

    private <T> T timed(Supplier<T> work) {
        long start = System.nanoTime();
        T result = work.get();
        nanos.addAndGet(System.nanoTime() - start);
        return result;
    }

    /** {@return mprotect calls made by publishing so far} */
    long mprotectCallCount() {
        return mprotectCallCount;
    }

    /** {@return time for each function so far} */
    double nanosPerFunction() {
        return timedFunctionCount == 0 ? 0 : (double) nanos.get() / timedFunctionCount;
    }

    @Override
    public void close() {
        threads.close();
    }
}
