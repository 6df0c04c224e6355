package dev.ashlar.tool.mappings;

import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.mappings.PublishMethod.Publication;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Publishes functions in order and measures the time without the looks. Without threads each function is a publication,
 * and one in a stride is looked at while it is open. With threads each round fills one publication per thread, looks
 * while all are open, then publishes them. Not thread-safe.
 */
final class Publisher implements AutoCloseable {

    private final PublishMethod method;
    private final Functions functions;
    private final Runnable look;
    private final int functionsPerPublication;
    private final int stride;
    private final Generator generator;
    private final List<Lane> lanes = new ArrayList<>();
    private long nanos;
    private long timedFunctionCount;
    private long mprotectCallCount;

    /**
     * Publishes nothing yet.
     *
     * @param look called while publications are open
     * @param threadCount publications that are open at once; 0 for one by one on the calling thread
     * @param stride functions from one look to the next, if they are published one by one
     */
    Publisher(PublishMethod method, Functions functions, Runnable look, int functionsPerPublication, int threadCount,
            int stride) {
        this.method = method;
        this.functions = functions;
        this.look = look;
        this.functionsPerPublication = functionsPerPublication;
        this.stride = stride;
        this.generator = new Generator();
        for (int lane = 0; lane < threadCount; lane++) {
            lanes.add(new Lane(Executors.newSingleThreadExecutor(), new Generator()));
        }
    }

    /**
     * A publication that is done.
     *
     * @param publication the publication
     * @param from its first function
     * @param to the first function after it
     */
    record Published(Publication publication, int from, int to) {

        int functionCount() {
            return to - from;
        }
    }

    /** Publishes the functions from one number to another, exclusive. {@return the publications, in order} */
    List<Published> publish(int from, int to) {
        return lanes.isEmpty() ? oneByOne(from, to) : inRounds(from, to);
    }

    private List<Published> oneByOne(int from, int to) {
        List<Published> published = new ArrayList<>(to - from);
        long callsBefore = method.mprotectCallCount();
        for (int next = from; next < to; next += stride) {
            int last = Math.min(to, next + stride) - 1;
            long start = System.nanoTime();
            for (int function = next; function < last; function++) {
                Publication publication = generator.fill(function, function + 1);
                publication.publish();
                published.add(new Published(publication, function, function + 1));
            }
            time(System.nanoTime() - start, last - next);
            Publication watched = generator.fill(last, last + 1);
            look.run();
            watched.publish();
            published.add(new Published(watched, last, last + 1));
        }
        mprotectCallCount += method.mprotectCallCount() - callsBefore;
        return published;
    }

    private List<Published> inRounds(int from, int to) {
        List<Published> published = new ArrayList<>();
        for (int next = from; next < to;) {
            List<Future<Timed<Published>>> filling = new ArrayList<>();
            for (Lane lane : lanes) {
                int first = next;
                int end = Math.min(to, first + functionsPerPublication);
                if (first < end) {
                    filling.add(lane.thread.submit(timed(
                            () -> new Published(lane.generator.fill(first, end), first, end))));
                }
                next = end;
            }
            List<Published> filled = new ArrayList<>();
            for (Future<Timed<Published>> future : filling) {
                Timed<Published> one = get(future);
                time(one.nanos, one.result.functionCount());
                filled.add(one.result);
            }
            look.run();
            long callsBefore = method.mprotectCallCount();
            List<Future<Timed<Boolean>>> publishing = new ArrayList<>();
            for (int lane = 0; lane < filled.size(); lane++) {
                Publication publication = filled.get(lane).publication();
                publishing.add(lanes.get(lane).thread.submit(timed(() -> {
                    publication.publish();
                    return true;
                })));
            }
            publishing.forEach(future -> time(get(future).nanos, 0));
            mprotectCallCount += method.mprotectCallCount() - callsBefore;
            published.addAll(filled);
        }
        return published;
    }

    private void time(long moreNanos, int moreFunctions) {
        nanos += moreNanos;
        timedFunctionCount += moreFunctions;
    }

    /** {@return mprotect calls made by publishing so far} */
    long mprotectCallCount() {
        return mprotectCallCount;
    }

    /** {@return time for each function so far} */
    double nanosPerFunction() {
        return timedFunctionCount == 0 ? 0 : (double) nanos / timedFunctionCount;
    }

    @Override
    public void close() {
        lanes.forEach(lane -> lane.thread.shutdownNow());
    }

    private static <T> Callable<Timed<T>> timed(Callable<T> work) {
        return () -> {
            long start = System.nanoTime();
            T result = work.call();
            return new Timed<>(result, System.nanoTime() - start);
        };
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while functions are published", interrupted);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                // The caller tells a refusal of the host from a failure.
                throw cause;
            }
            throw new IllegalStateException("a publishing thread failed", failed);
        }
    }

    private record Timed<T>(T result, long nanos) {}

    private record Lane(ExecutorService thread, Generator generator) {}

    /** Makes functions, one after the other, in memory of its own, for one thread. */
    private final class Generator {

        private static final int BYTE_SIZE_MAX = 4096;

        private final MemorySegment code = Arena.ofAuto().allocate(BYTE_SIZE_MAX, 64);

        private Generator() {
            // A trap if it is ever reached: int3 on x86-64, an undefined instruction on AArch64.
            code.fill((byte) 0xcc);
        }

        /** {@return a publication that holds some functions} */
        Publication fill(int from, int to) {
            Publication publication = method.open();
            for (int function = from; function < to; function++) {
                ConstantFunction.write(code, function);
                long address = publication.write(function, code.asSlice(0, functions.byteSize(function)));
                // Each thread records functions of its own, and the others read them when it is done.
                functions.record(function, address, publication.constants());
            }
            return publication;
        }
    }
}
