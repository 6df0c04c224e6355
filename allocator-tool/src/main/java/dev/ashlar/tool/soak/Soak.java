package dev.ashlar.tool.soak;

import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.soak.SoakResult.Sample;
import dev.ashlar.tool.workload.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A soak test: phases of random work by all threads, and checks in between while none works. */
public final class Soak {
    private static final int OPERATIONS_PER_PHASE = 100_000;
    /** After this many phases, new threads replace the old ones, so that memory of ended threads is adopted. */
    private static final int PHASES_PER_THREAD = 8;
    private static final int EXCHANGE_LENGTH = 64;
    private static final int CLOSE_ATTEMPTS = 20;
    private static final int SAMPLES_SHOWN = 12;
    /** Samples scatter by 3 %. With this many, the means of two quarters agree within 0.3 % (one standard error). */
    private static final int SAMPLES_FOR_DRIFT = 1000;

    private final SoakOptions options;
    private final Consumer<String> progress;
    private final Shadow shadow = new Shadow();
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> absent = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private long checkCount;

    /** A heap under test, how often it is chosen, and where workers hand over what they hold. */
    record Entry(String name, Subject subject, int weight, AtomicReferenceArray<@Nullable Held> exchange) {}

    /**
     * Prepares a test.
     *
     * @param progress receives each next step in a few words
     */
    public Soak(SoakOptions options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * Runs the test.
     *
     * @throws CommandException if a heap did what it must not do: the message says how to repeat it
     */
    public SoakResult run() {
        try {
            openAll();
            return work();
        } catch (CommandException known) {
            throw known;
        } catch (RuntimeException | Error failed) {
            throw failure(failed);
        }
    }

    private CommandException failure(Throwable failed) {
        StringBuilder reasons = new StringBuilder();
        for (Throwable reason = failed; reason != null; reason = reason.getCause()) {
            reasons.append(reasons.isEmpty() ? "" : ": ")
                    .append(reason instanceof SoakFailure ? reason.getMessage() : reason);
        }
        CommandException failure = new CommandException(ExitCode.FAILED,
                "%s. To try again with the same seed: --seed %d --threads %d --operations %d".formatted(
                        reasons, options.seed(), options.threads(), 2 * operationCount()));
        failure.initCause(failed);
        return failure;
    }

    private void openAll() {
        for (WritePath path : WritePath.values()) {
            boolean isUsual = path == WritePath.ALIAS;
            open("code, " + path, isUsual ? 85 : 5,
                    () -> new CodeSubject("soak-" + path, path, shadow, isUsual ? 20_000 : 2_000));
        }
        for (WritePath path : WritePath.values()) {
            open("batches, " + path, 1, () -> new BatchSubject("soak-batches-" + path, path, shadow, 100));
        }
        open("collected code", 1, () -> new CollectedSubject("soak-collected", shadow, 500));
        open("data", 100, () -> new DataSubject("soak-data", shadow, 40_000));
        open("shared arenas", 1, () -> new ArenaSubject("soak-arenas", shadow, 50));
        open("secrets", 3, () -> new SecretSubject("soak-secrets", shadow, 500));
        if (entries.isEmpty()) {
            throw new CommandException(ExitCode.HOST, String.join("; ", absent));
        }
    }

    private void open(String name, int weight, Supplier<Subject> subject) {
        try {
            entries.add(new Entry(name, subject.get(), weight, new AtomicReferenceArray<>(EXCHANGE_LENGTH)));
        } catch (BackingUnavailableException | WritePathException | UnsupportedHostException refused) {
            absent.add(name + ": " + refused.getMessage());
        }
    }

    private SoakResult work() {
        long start = System.nanoTime();
        List<Worker> workers = IntStream.range(0, options.threads())
                .mapToObj(number -> new Worker(number, options.threads(), options.seed(), entries))
                .toList();
        while (!isDone(start)) {
            try (WorkerThreads threads = new WorkerThreads("soak", workers.size())) {
                for (int phase = 0; phase < PHASES_PER_THREAD && !isDone(start); phase++) {
                    runAll(threads, workers, worker -> worker.work(OPERATIONS_PER_PHASE));
                    sample(start, workers);
                    check(false);
                }
                entries.forEach(entry -> entry.subject().checkMappings());
            }
        }
        SoakResult result = result(start, workers);
        try (WorkerThreads threads = new WorkerThreads("soak-end", workers.size())) {
            workers.getFirst().receiveAll();
            runAll(threads, workers, Worker::drain);
        }
        check(true);
        entries.forEach(entry -> close(entry.subject()));
        return result;
    }

    private static void runAll(WorkerThreads threads, List<Worker> workers, Consumer<Worker> work) {
        threads.run(workers.size(), number -> {
            work.accept(workers.get(number));
            return number;
        });
    }

    /** {@return operations up to the last check} */
    private long operationCount() {
        return samples.isEmpty() ? OPERATIONS_PER_PHASE : samples.getLast().operations();
    }

    private boolean isDone(long start) {
        return (options.operations() > 0 && !samples.isEmpty() && operationCount() >= options.operations())
                || (options.minutes() > 0 && secondsSince(start) >= 60.0 * options.minutes());
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private void sample(long start, List<Worker> workers) {
        long operations = workers.stream().mapToLong(Worker::operationCount).sum();
        long committed = entries.stream().mapToLong(entry -> entry.subject().heap().committedByteSize()).sum();
        Sample sample = new Sample(secondsSince(start), operations, committed);
        samples.add(sample);
        progress.accept("%,d operations, %,.0f in a second, %,d MiB committed, seed %d, %.0f s".formatted(operations,
                operations / sample.seconds(), committed >> 20, options.seed(), sample.seconds()));
    }

    private void check(boolean isDrained) {
        for (Entry entry : entries) {
            entry.subject().checkCount(isDrained);
            entry.subject().checkInvariants();
        }
        checkCount++;
    }

    /** Closes a heap. Collected code may be reachable for a while. */
    private static void close(Subject subject) {
        for (int attempt = 1;; attempt++) {
            try {
                subject.close();
                return;
            } catch (BlockStateException inUse) {
                if (attempt == CLOSE_ATTEMPTS) {
                    throw inUse;
                }
            }
        }
    }

    private SoakResult result(long start, List<Worker> workers) {
        List<SoakResult.Row> rows = entries.stream()
                .map(entry -> new SoakResult.Row(entry.name(), entry.subject().operationCount.sum(),
                        entry.subject().exhaustedCount.sum(),
                        entry.subject().heap().stats().peakCommittedByteSize()))
                .toList();
        List<Sample> shown = IntStream.rangeClosed(1, Math.min(SAMPLES_SHOWN, samples.size()))
                .mapToObj(number -> samples.get(samples.size() * number / Math.min(SAMPLES_SHOWN, samples.size()) - 1))
                .toList();
        return new SoakResult(workers.size(), options.seed(), secondsSince(start), samples.getLast().operations(),
                checkCount, rows, absent, shown, drift());
    }

    private Optional<Double> drift() {
        int count = samples.size();
        if (count < SAMPLES_FOR_DRIFT) {
            return Optional.empty();
        }
        // The first quarter is a warm-up: free space between blocks grows until it has reached its usual amount.
        double early = meanCommitted(count / 4, count / 2);
        return Optional.of(100 * (meanCommitted(count - count / 4, count) / early - 1));
    }

    private double meanCommitted(int from, int to) {
        return samples.subList(from, to).stream().mapToLong(Sample::committedByteSize).average().orElseThrow();
    }
}
