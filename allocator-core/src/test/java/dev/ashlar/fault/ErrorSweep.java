package dev.ashlar.fault;

import dev.ashlar.Heap;
import dev.ashlar.TestHeaps;
import dev.ashlar.fault.ErrorCase.Ground;
import dev.ashlar.heap.Space;
import dev.ashlar.memory.WritePath;
import dev.ashlar.region.Pages;
import dev.ashlar.report.HeapDamagedException;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.ProcessMaps;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Makes each call of a heap again and again, with an Error at one of its places each time, and checks the heap
 * afterwards. A {@link RewritingLoader} loads this class, and {@link ErrorSweepTest} reads what it found.
 */
public final class ErrorSweep implements Function<String, String> {
    private static final int WARM_UP_COUNT = 3;
    private static final long WAIT_SECONDS = 10;

    /** How a call ended. */
    private enum Result {
        DONE, THREW, DAMAGED
    }

    private final List<String> failures = new ArrayList<>();
    private final ExecutorService other = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    /** Places that the last call passed. */
    private long passed;

    /**
     * Sweeps the cases whose names match.
     *
     * @param arguments a write path, a regular expression of names, the number of places to try in each case at most,
     *     and a seed that chooses them
     * @return a line for each case with its places and how many of them damaged the heap, then {@code FAIL} lines
     */
    @Override
    public String apply(String arguments) {
        String[] words = arguments.split(" ", -1);
        WritePath path = WritePath.valueOf(words[0]);
        SplittableRandom random = new SplittableRandom(Long.parseLong(words[3]));
        StringBuilder report = new StringBuilder();
        for (Map.Entry<String, ErrorCase> entry : ErrorCase.all().entrySet()) {
            ErrorCase swept = entry.getValue();
            if (entry.getKey().matches(words[1]) && swept.paths().contains(path)) {
                report.append(sweep(entry.getKey(), swept, path, Integer.parseInt(words[2]), random));
            }
        }
        failures.forEach(failure -> report.append("FAIL ").append(failure).append('\n'));
        other.shutdownNow();
        return report.toString();
    }

    private String sweep(String name, ErrorCase swept, WritePath path, int most, SplittableRandom random) {
        for (int count = 0; count < WARM_UP_COUNT; count++) {
            // Also initialises classes and links calls: an Error there is the JVM's to handle.
            run(name, swept, path, Long.MAX_VALUE);
        }
        long damaged = 0;
        TreeSet<Long> places = new TreeSet<>();
        for (long place = 1; place <= passed; place++) {
            places.add(passed <= most ? place : random.nextLong(1, passed + 1));
            if (places.size() == most) {
                break;
            }
        }
        for (long place : places) {
            damaged += run(name, swept, path, place) == Result.DAMAGED ? 1 : 0;
        }
        return String.format("%-24s %-9s places %6d tried %6d damaged %4d%n", name, path, passed, places.size(),
                damaged);
    }

    private Result run(String name, ErrorCase swept, WritePath path, long place) {
        int descriptors = descriptorCount();
        long virtualByteSize = virtualByteSize();
        Ground ground = swept.open(name, path);
        List<AddressRange> ranges = TestHeaps.zones(ground.heap).span().ranges();
        Error injected = place % 2 == 0 ? new StackOverflowError("injected") : new OutOfMemoryError("injected");
        String at = name + " " + path + " at " + place + ": ";
        Result result = Result.DONE;
        try {
            swept.prepare().on(ground);
            // Before the call, because the zone's ranges grow with it.
            long before = live(ground.heap);
            result = call(at, swept, ground, place, injected);
            ranges = TestHeaps.zones(ground.heap).span().ranges();
            if (!name.endsWith("close") || swept.more() != 0) {
                result = check(at, swept, ground, result, before, injected);
            }
        } catch (Throwable e) {
            fail(at + e + " at " + e.getStackTrace()[0], injected);
        }
        close(at, ground, injected);
        if (place != Long.MAX_VALUE && !isHiddenByTheKernel(injected)
                && !hasAtMost(virtualByteSize + ErrorCase.LARGE_CAPACITY / 2,
                        ErrorSweep::virtualByteSize)) {
            fail(at + "a heap that was not built has its address space", injected);
        }
        int left = ProcessMaps.readWithin(ranges).count();
        if (left > 0) {
            fail(at + left + " mappings left", injected);
        }
        if (place != Long.MAX_VALUE && !isHiddenByTheKernel(injected)
                && !hasAtMost(descriptors, ErrorSweep::descriptorCount)) {
            fail(at + (descriptorCount() - descriptors) + " descriptors left", injected);
        }
        return result;
    }

    private Result call(String at, ErrorCase swept, Ground ground, long place, Error injected) {
        ErrorPoint.arm(place, injected);
        try {
            swept.call().on(ground);
            return Result.DONE;
        } catch (Throwable thrown) {
            if (!thrown.equals(injected)) {
                fail(at + "threw " + thrown, injected);
            }
            return Result.THREW;
        } finally {
            passed = ErrorPoint.disarm();
        }
    }

    private Result check(String at, ErrorCase swept, Ground ground, Result result, long before, Error injected)
            throws Exception {
        // By another thread, which waits for ever if a lock is left held.
        try {
            other.submit(ground.heap::stats).get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HeapDamagedException) {
                return Result.DAMAGED;
            }
            throw e;
        }
        long expected = before + (result == Result.DONE ? swept.more() : swept.moreIfItThrows());
        if (result == Result.THREW && swept.more() < 0) {
            // A free that threw can be repeated.
            swept.call().on(ground);
            expected = before + swept.more();
        }
        closeArenas(ground);
        if (result == Result.THREW && swept.moreIfItThrows() < 0) {
            ground.held.stream().filter(AutoCloseable.class::isInstance).forEach(ErrorSweep::closeQuietly);
        }
        use(ground);
        long live = live(ground.heap);
        if (live != expected) {
            fail(at + result + ", " + live + " live blocks instead of " + expected, injected);
        }
        TestHeaps.space(ground.heap).blocks().checkInvariants();
        return result;
    }

    private static long live(Heap heap) {
        Space space = TestHeaps.space(heap);
        return space.whileOpen(() -> space.blocks().census().liveBlockCount());
    }

    /** Uses the heap, so that what an Error cut short is rebuilt. */
    private static void use(Ground ground) {
        for (int byteSize : new int[] {100, 300, 1000, 5000, 40_000, 100}) {
            ground.use(byteSize);
        }
    }

    private static void closeArenas(Ground ground) {
        for (Object held : ground.held) {
            if (held instanceof Arena arena && arena.scope().isAlive()) {
                arena.close();
            }
        }
    }

    private void close(String at, Ground ground, Error injected) {
        try {
            closeArenas(ground);
            ground.held.stream().filter(AutoCloseable.class::isInstance).forEach(ErrorSweep::closeQuietly);
            ground.heap.close();
        } catch (RuntimeException | Error e) {
            fail(at + "close: " + e, injected);
        }
    }

    /** A batch keeps the heap open; arenas are closed already. */
    private static void closeQuietly(Object held) {
        if (!(held instanceof Arena)) {
            try {
                ((AutoCloseable) held).close();
            } catch (Exception e) {
                // The close of the heap reports what is left.
            }
        }
    }

    /**
     * Waits for the collector to give back what an Error kept a caller from giving back. The JVM's own threads open
     * files for a moment, so the figure counts when it is lowest.
     */
    private static boolean hasAtMost(long most, LongSupplier figure) {
        for (int attempt = 0; attempt < 50; attempt++) {
            if (figure.getAsLong() <= most) {
                return true;
            }
            System.gc();
            LockSupport.parkNanos(10_000_000);
        }
        return false;
    }

    /** {@return whether the Error hid the result of a system call, which no Error of a JVM does} */
    private static boolean isHiddenByTheKernel(Error injected) {
        return Stream.of(injected.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith("dev.ashlar.fault"))
                .findFirst()
                .filter(frame -> frame.getClassName().endsWith(".Libc"))
                .filter(frame -> Set.of("open", "syscall", "mmap").contains(frame.getMethodName()))
                .isPresent();
    }

    private static long virtualByteSize() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", 2)[0]) * Pages.BYTE_SIZE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int descriptorCount() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    private void fail(String what, Error injected) {
        StringBuilder places = new StringBuilder();
        for (StackTraceElement frame : injected.getStackTrace()) {
            if (!frame.getClassName().startsWith("dev.ashlar.fault") && places.length() < 160) {
                places.append(' ').append(frame.getFileName()).append(':').append(frame.getLineNumber());
            }
        }
        failures.add(what + "; Error in" + places);
    }
}
