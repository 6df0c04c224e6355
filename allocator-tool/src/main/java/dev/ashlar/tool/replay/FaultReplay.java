package dev.ashlar.tool.replay;

import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.FaultScript;
import dev.ashlar.stubs.ProcessMaps;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.memory.CodeHeapMemory;
import dev.ashlar.tool.workload.WorkerThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Replays a trace in a heap whose calls to the system fail as a script says, and checks that the heap keeps what it
 * promises.
 *
 * <ol>
 * <li>The pass with faults. The heap may refuse to be built, to allocate and to publish, each time by a typed error.
 * What it gave holds its contents until it is freed, and a free never fails.
 * <li>The faults end. The same trace runs again, in the same heap, and nothing is refused. If the heap was not built,
 * it is built now.
 * <li>The heap gives back all its memory, is closed, and leaves no mapping and no descriptor.
 * </ol>
 *
 * @param faults is used up by one run
 * @param progress receives each next step in a few words
 */
public record FaultReplay(
        Trace trace, ReplayOptions options, String script, FaultScript faults, Consumer<String> progress) {

    private static final int TRIM_COUNT_MAX = 200;
    private static final long TRIM_PAUSE_NANOS = 10_000_000;

    /**
     * Replays the trace.
     *
     * @throws CommandException if no heap can hold the replay
     * @throws AshlarException if the host cannot provide what the replay needs even without faults
     */
    public FaultReplayResult run() {
        Set<String> refusals = new LinkedHashSet<>();
        Set<String> violations = new LinkedHashSet<>();
        List<String> descriptors = descriptors();
        CodeHeapBuilder builder = options.builder(trace);
        progress.accept("with faults");
        CodeHeap heap = build(builder, refusals);
        List<FaultWorker> workers = workers(heap);
        pass(workers);
        faults.end();
        workers.forEach(worker -> refusals.addAll(worker.refusals()));
        workers.forEach(worker -> violations.addAll(worker.violations()));

        progress.accept("without faults");
        List<FaultWorker> again = workers(heap);
        pass(again);
        again.forEach(worker -> violations.addAll(worker.violations()));
        again.forEach(worker -> worker.refusals()
                .forEach(refusal -> violations.add("refused after the faults: " + refusal)));
        String backing = Replay.backings(heap.stats());
        violations.addAll(violations(heap));
        heap.close();
        violations.addAll(leftovers(descriptors));
        return new FaultReplayResult(trace.file(), script,
                workers.stream().mapToLong(FaultWorker::allocationCount).sum(),
                workers.stream().mapToLong(FaultWorker::refusedCount).sum(), List.copyOf(refusals), faults.outcomes(),
                backing, heap.writePath().label(), List.copyOf(violations));
    }

    private CodeHeap build(CodeHeapBuilder builder, Set<String> refusals) {
        try {
            return faults.build(builder::build);
        } catch (AshlarException refused) {
            refusals.add(FaultWorker.text(refused));
            faults.end();
            return faults.build(builder::build);
        }
    }

    private List<FaultWorker> workers(CodeHeap heap) {
        CodeHeapMemory memory = new CodeHeapMemory(heap);
        return IntStream.range(0, options.threads())
                .mapToObj(index -> new FaultWorker(trace, memory, options.copies(), index))
                .toList();
    }

    private static void pass(List<FaultWorker> workers) {
        try (WorkerThreads threads = new WorkerThreads("replay", workers.size())) {
            threads.run(workers.size(), index -> {
                workers.get(index).pass();
                return index;
            });
        }
    }

    private static List<String> violations(CodeHeap heap) {
        List<String> violations = new ArrayList<>();
        HeapAudit audit = heap.audit();
        violations.addAll(audit.writableAndExecutable());
        violations.addAll(audit.misplaced());
        // The blocks that a thread keeps ready come back when it has ended, which may be shortly after its last task.
        for (int attempt = 0; attempt < TRIM_COUNT_MAX && (attempt < 2 || heap.committedByteSize() != 0); attempt++) {
            heap.trim();
            LockSupport.parkNanos(TRIM_PAUSE_NANOS);
        }
        if (heap.stats().liveBlockCount() != 0) {
            violations.add("blocks that were freed still count as live: " + heap.stats().liveBlockCount());
        }
        if (heap.committedByteSize() != 0) {
            violations.add("bytes that an empty heap keeps: " + heap.committedByteSize());
        }
        return violations;
    }

    private List<String> leftovers(List<String> descriptorsBefore) {
        List<String> left = new ArrayList<>();
        List<String> descriptors = new ArrayList<>(descriptors());
        descriptorsBefore.forEach(descriptors::remove);
        descriptors.forEach(target -> left.add("left open: " + target));
        // Only what a heap maps: the JVM may have mapped memory of its own at these addresses meanwhile.
        ProcessMaps.readWithin(faults.reservations()).mappings().stream()
                .filter(mapping -> mapping.permissions().equals("---p") || mapping.path().startsWith("/memfd:"))
                .forEach(mapping -> left.add("left mapped: " + mapping));
        return left;
    }

    /** {@return what the descriptors of the kinds that a heap opens refer to} */
    private static List<String> descriptors() {
        List<String> targets = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    targets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException closed) {
                    // By another thread of the JVM.
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("listing descriptors", failed);
        }
        return targets.stream()
                .filter(target -> target.startsWith("/memfd:") || target.endsWith("/pagemap")
                        || target.endsWith("/mem") || target.equals("/dev/zero"))
                .sorted()
                .toList();
    }
}
