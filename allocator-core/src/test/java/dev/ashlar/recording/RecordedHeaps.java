package dev.ashlar.recording;

import static dev.ashlar.TestHeaps.over;

import dev.ashlar.BatchSection;
import dev.ashlar.CodeBatch;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeUnit;
import dev.ashlar.DataHeap;
import dev.ashlar.Retirement;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.TrimEffort;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BacklogFullException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Recording;

/** Makes each event happen, in a child JVM of {@link FlightRecorderTest}. Each heap has the name of what happens. */
final class RecordedHeaps {
    static final long REGION = 2 << 20;

    private RecordedHeaps() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        switch (arguments[0]) {
            case "all" -> {
                commitAndRelease();
                fallBack();
                changePath();
                exhaust();
                waitForThreads();
                for (WritePath path : WritePath.values()) {
                    publish(path);
                }
                hold();
            }
            case "split" -> {
                splitAndHeal();
                splitByTrim();
            }
            case "publish" -> publish(WritePath.ALIAS);
            case "late" -> recordLate(Path.of(arguments[1]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** Starts a recording when the heap has been in use for long, so that its calls are compiled. */
    private static void recordLate(Path file) throws IOException, InterruptedException {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).name("late").build();
                Recording recording = new Recording()) {
            for (int index = 0; index < 50_000; index++) {
                heap.define(NativeCode.returning(index)).free();
            }
            recording.enable("dev.ashlar.CodePublished");
            recording.enable("dev.ashlar.HeapStatistics").withPeriod(Duration.ofMillis(20));
            recording.start();
            heap.define(NativeCode.returning(1));
            Thread.sleep(300);
            recording.stop();
            heap.define(NativeCode.returning(2));
            recording.dump(file);
        }
    }

    private static void commitAndRelease() {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).name("committed").build()) {
            heap.precommit(3 * REGION);
            heap.trim();
            heap.allocate(100);
            System.out.println("committed.address = " + heap.report().address());
        }
    }

    private static void fallBack() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        // Neither the pool, if there is one, nor huge pages of shared memory.
        calls.failWhen(call -> (call.method().equals("memfdCreate") && (call.argument(1) & Linux.MFD_HUGETLB) != 0)
                || (call.method().equals("madvise") && call.argument(2) == Linux.MADV_COLLAPSE), Errno.EINVAL);
        over(calls, CodeHeap.builder()).name("fallen").withoutPreparedRegions().build().close();
    }

    private static void changePath() {
        FaultyCalls calls = new FaultyCalls(Libc.system())
                .failAll("memfdCreate", Errno.EPERM)
                .failAll("mremap", Errno.EPERM);
        over(calls, CodeHeap.builder()).memory(MemoryDemand.SMALL).name("changed").build().close();
    }

    private static void exhaust() {
        try (CodeHeap heap =
                CodeHeap.builder().memory(MemoryDemand.SMALL).capacity(REGION).name("exhausted").build()) {
            heap.allocate(4096);
            heap.allocate(REGION);
        } catch (HeapExhaustedException full) {
            System.out.println("exhausted.largestFree = " + full.largestFreeByteSize());
        }
    }

    private static void waitForThreads() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).name("waiting").build();
                Retirement retirement = heap.openRetirement(100);
                var self = retirement.register()) {
            for (int index = 0; index < 101; index++) {
                retirement.retire(heap.define(NativeCode.returning(index)));
            }
            self.quiescent();
        } catch (BacklogFullException full) {
            assert full.getMessage().contains("thread main") : full;
        }
    }

    private static void publish(WritePath path) {
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.SMALL)
                .writePath(path)
                .name("published-" + path)
                .build()) {
            print(path, "block", heap.define(NativeCode.returning(1)).address());
            CodeUnit unit = heap.allocateUnit(new UnitSizes(20, 8, 0));
            unit.publish();
            print(path, "unit", unit.code().address());
            try (CodeBatch batch = heap.openBatch()) {
                BatchSection section = batch.allocate(Domain.CODE, 30, 16);
                batch.allocate(Domain.RODATA, 8, 8);
                batch.publish();
                print(path, "batch", section.address());
            }
            long address = heap.addresses().allocate(40);
            heap.addresses().write(address, 0, MemorySegment.ofArray(NativeCode.returning(2)), 0, 6);
            heap.addresses().publish(address);
            print(path, "address", address);
        }
    }

    private static void print(WritePath path, String what, long address) {
        System.out.println(path + "." + what + " = " + address);
    }

    /** Keeps two heaps open while statistics are recorded. */
    private static void hold() throws InterruptedException {
        try (CodeHeap code = CodeHeap.builder().memory(MemoryDemand.SMALL).name("held").build();
                DataHeap data = DataHeap.builder().memory(MemoryDemand.SMALL).name("held-data").build()) {
            code.allocate(4096);
            data.allocate(3 * REGION);
            Thread.sleep(2000);
        }
    }

    private static void splitAndHeal() throws InterruptedException {
        try (CodeHeap heap = CodeHeap.builder()
                .memory(MemoryDemand.THP)
                .writePath(WritePath.IN_PLACE)
                .name("split")
                .build()) {
            for (int index = 0; index < 5; index++) {
                heap.define(NativeCode.returning(index));
            }
            // The kernel may lack a free huge page at first.
            for (int attempt = 0; attempt < 1000 && heap.heal() == 0; attempt++) {
                Thread.sleep(10);
            }
            System.out.println("healed = " + heap.ledger().splitRegions().isEmpty());
        }
    }

    private static void splitByTrim() {
        try (DataHeap heap = DataHeap.builder().memory(MemoryDemand.THP).name("trimmed").build()) {
            MemorySegment kept = heap.allocate(100_000);
            heap.free(heap.allocate(200_000));
            System.out.println("trimmed = " + heap.trim(TrimEffort.FREE_PAGES));
            heap.free(kept);
        }
    }
}
