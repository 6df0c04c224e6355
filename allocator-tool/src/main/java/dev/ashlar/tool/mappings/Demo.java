package dev.ashlar.tool.mappings;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapReport;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Smaps;
import dev.ashlar.tool.code.AssembledFunction;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.mappings.DemoResult.Call;
import dev.ashlar.tool.mappings.DemoResult.Load;
import dev.ashlar.tool.mappings.DemoResult.Proof;
import dev.ashlar.tool.mappings.DemoResult.Region;
import dev.ashlar.tool.mappings.Workload.Plan;
import dev.ashlar.tool.mappings.Workload.Victims;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The short form, in this JVM: a heap with real functions, then ten thousand functions in it, and as many with one
 * mapping each.
 */
public final class Demo {

    private static final int FUNCTION_COUNT = 10_000;
    private static final Plan PLAN = new Plan(1, 0, 1, Victims.EVERY_OTHER, 1);

    /** How long the workload is repeated for the time of warm code. */
    private static final long WARM_NANOS = 800_000_000L;
    private static final int WARM_RUN_COUNT_MIN = 2;

    /** One VMA for each view and region at most, and the pieces that a commit may cut the reservations into. */
    private static final int VIEW_COUNT = 2;
    private static final int HOLE_COUNT = 2;

    /** Parts of a region whose fill is shown: 32 KiB each. */
    private static final int PART_COUNT = 64;
    private static final long PART_BYTE_SIZE = PublishMethod.REGION_BYTE_SIZE / PART_COUNT;

    private final CodeHeap heap;
    private final Functions functions = new Functions(FUNCTION_COUNT, 0, 1);
    private final List<Call> calls = new ArrayList<>();

    private Demo(CodeHeap heap) {
        this.heap = heap;
    }

    /**
     * Runs everything and frees everything.
     *
     * @param memory the memory of the heap
     * @param progress receives each next step in a few words
     * @throws dev.ashlar.report.AshlarException if the host cannot provide what the demo needs
     */
    public static DemoResult run(MemoryDemand memory, Consumer<String> progress) {
        progress.accept("reading settings");
        Host host = Host.read();
        try (CodeHeap heap = CodeHeap.builder().name("demo").memory(memory).build()) {
            return new Demo(heap).run(host, progress);
        }
    }

    private DemoResult run(Host host, Consumer<String> progress) {
        HeapAudit built = heap.audit();
        progress.accept("assembling and calling functions");
        AssembledFunction.all().forEach(this::callInHeap);

        progress.accept("10,000 functions in the heap");
        List<HeapAudit> audits = new ArrayList<>();
        List<Region> regions = new ArrayList<>();
        Backing backing = heap.report().backings().getFirst();
        Load ours = load("ashlar", PublishMethod.ofBlocks(heap), backing, () -> {
            HeapAudit audit = heap.audit();
            if (audits.isEmpty()) {
                regions.addAll(filled(audit));
            }
            audits.add(audit);
            return audit.hugeByteSize();
        });
        progress.accept("10,000 functions with a mapping each");
        Load rival = load("mmap+mprotect", PublishMethod.ofMappings(), Backing.SMALL,
                () -> Smaps.readWithin(functions.livePlaces()).totals().huge());

        HeapAudit live = audits.getFirst();
        return new DemoResult(host, describe(heap.report()), calls, ours, rival, regions,
                proofs(ours, built, live, audits.getLast(), heap.audit()), live.intendedHugeByteSize() > 0);
    }

    private void callInHeap(AssembledFunction function) {
        CodeBlock block = heap.allocate(function.byteSize());
        function.writeTo(block.writable().asByteBuffer(), block.address());
        block.publish();
        MethodHandle handle = block.bind(function.descriptor());
        for (AssembledFunction.Call call : function.calls()) {
            calls.add(new Call(function.name(), function.byteSize(), hex(block.address()), call.arguments(),
                    invoke(handle, call.arguments()), call.expected()));
        }
        block.free();
    }

    private static long invoke(MethodHandle handle, List<Long> arguments) {
        try {
            return (long) handle.invokeWithArguments(arguments);
        } catch (Throwable impossible) {
            throw new AssertionError("a native function of ours threw", impossible);
        }
    }

    /**
     * Runs the workload once for its counts, and again for the time of warm code.
     *
     * @param hugeByteSize asks the kernel for the huge mappings at the end of each stage
     */
    private Load load(String name, PublishMethod method, Backing backing, LongSupplier hugeByteSize) {
        List<Long> huge = new ArrayList<>();
        CellFigures first = Workload.run(PLAN, method, backing, functions, () -> huge.add(hugeByteSize.getAsLong()));
        List<Double> nanos = new ArrayList<>();
        long warmUpNanos = Long.getLong(CellRun.WARM_UP_PROPERTY, WARM_NANOS);
        long start = System.nanoTime();
        while (nanos.size() < WARM_RUN_COUNT_MIN || System.nanoTime() - start < warmUpNanos) {
            CellFigures.Times times = Workload.run(PLAN, method, backing, functions, () -> {}).times();
            nanos.add(times.nanosPerPublish() + times.nanosPerFree());
        }
        return new Load(name, FUNCTION_COUNT, first.grown().liveBytes(), first.vmasBefore(),
                first.grown().processVmas(), first.halved().processVmas(), first.vmasAfter(),
                first.mprotect().load(), first.grown().committedBytes(),
                huge.getFirst(), (int) first.work().wrongResults(),
                // The first runs are not compiled yet.
                first.times().nanosPerPublish(), Spread.of(nanos.subList(nanos.size() / 2, nanos.size())).median());
    }

    /** {@return the regions of an audit, filled with the live functions} */
    private List<Region> filled(HeapAudit audit) {
        List<AddressRange> places = functions.livePlaces();
        List<Region> regions = new ArrayList<>();
        for (HeapAudit.Region region : audit.regions()) {
            long start = heap.report().address() + region.index() * PublishMethod.REGION_BYTE_SIZE;
            List<Integer> fill = IntStream.range(0, PART_COUNT)
                    .mapToObj(
                            part -> percent(places, AddressRange.ofSize(start + part * PART_BYTE_SIZE, PART_BYTE_SIZE)))
                    .toList();
            regions.add(new Region(region.index(), region.backing().label(), region.isHuge(), fill));
        }
        return regions;
    }

    private static int percent(List<AddressRange> places, AddressRange part) {
        long filled = places.stream()
                .mapToLong(place -> Math.min(place.end(), part.end()) - Math.max(place.start(), part.start()))
                .filter(common -> common > 0)
                .sum();
        return (int) (100 * filled / PART_BYTE_SIZE);
    }

    private List<Proof> proofs(Load ours, HeapAudit built, HeapAudit live, HeapAudit half, HeapAudit last) {
        int regionCount = live.regions().size();
        long right = calls.stream().filter(Call::isRight).count();
        int wrongPermissions = live.writableAndExecutable().size() + live.misplaced().size()
                + last.writableAndExecutable().size() + last.misplaced().size();
        return List.of(
                new Proof("the code runs", right == calls.size() && ours.wrongResults() == 0,
                        "%d of %d calls and %,d of %,d functions returned what they must".formatted(
                                right, calls.size(), ours.functions() - ours.wrongResults(), ours.functions())),
                new Proof("no permission ever changes", ours.mprotectCalls() == 0,
                        "%d mprotect calls for %,d functions".formatted(ours.mprotectCalls(), ours.functions())),
                new Proof("mappings follow regions, not functions",
                        live.vmaCount() <= built.vmaCount() + VIEW_COUNT * regionCount + HOLE_COUNT
                                && half.vmaCount() == live.vmaCount(),
                        "%d VMAs when built, %d for %,d functions in %d regions, %d with every other one freed"
                                .formatted(built.vmaCount(), live.vmaCount(), ours.functions(), regionCount,
                                        half.vmaCount())),
                new Proof("all of it is mapped by huge pages",
                        live.intendedHugeByteSize() > 0 && live.hugeByteSize() >= live.intendedHugeByteSize(),
                        "%,d of %,d bytes in both views are PMD-mapped (%s)".formatted(live.hugeByteSize(),
                                live.intendedHugeByteSize(), live.source())),
                new Proof("no huge mapping was split", last.pmdSplitCount() == 0,
                        last.pmdSplitCount() + " splits, freeing included"),
                new Proof("nothing is writable and executable", wrongPermissions == 0,
                        wrongPermissions + " mappings with other permissions than they must have"));
    }

    private static DemoResult.Heap describe(HeapReport report) {
        String backing = report.backings().stream().map(Backing::label).distinct().collect(Collectors.joining("+"));
        return new DemoResult.Heap(report.capacityByteSize(), hex(report.address()),
                hex(report.writableAddress()), backing, report.writePath().orElseThrow().label(),
                report.refusals().stream().map(Refusal::describe).toList());
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
