package dev.ashlar.tool.doctor;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.code.ConstantFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Examines the host: reads its settings, then builds a small heap on each backing and runs a function in it. */
public final class Doctor {

    private static final long REGION_BYTE_SIZE = 2L << 20;
    private static final long CAPACITY_BYTE_SIZE = 8 * REGION_BYTE_SIZE;
    private static final int ANSWER = 42;

    private Doctor() {}

    /**
     * Examines this host.
     *
     * @param progress receives each next step in a few words
     */
    public static Diagnosis examine(Consumer<String> progress) {
        progress.accept("reading settings");
        Host host = Host.read();
        List<Check> memfd = MemfdChecks.run(Libc.system(), host.pageBytes());
        List<Rung> rungs = new ArrayList<>();
        for (MemoryDemand memory : List.of(MemoryDemand.HUGETLB, MemoryDemand.THP, MemoryDemand.SMALL)) {
            progress.accept("trying " + memory.name().toLowerCase(Locale.ROOT));
            rungs.add(tryRung(memory, host));
        }
        progress.accept("trying the write paths");
        WritePathChecks writePaths = WritePathChecks.run();
        progress.accept("trying data heaps");
        List<Rung> dataRungs = Stream.of(MemoryDemand.HUGETLB, MemoryDemand.THP, MemoryDemand.SMALL)
                .map(memory -> DataRungs.attempt(memory, host))
                .toList();
        progress.accept("trying a secret heap");
        Rung secret = SecretRung.attempt();
        return new Diagnosis(host, memfd, rungs, writePaths.checks(), dataRungs, secret,
                writePaths.checks().stream().anyMatch(Check::ok),
                writePaths.advice(rungs, dataRungs.stream().anyMatch(Rung::usable)));
    }

    private static Rung tryRung(MemoryDemand memory, Host host) {
        Backing backing = memory.ladder(WritePath.ALIAS).getFirst();
        CodeHeapBuilder builder = CodeHeap.builder()
                .name("doctor")
                .capacity(CAPACITY_BYTE_SIZE)
                .memory(memory)
                .writePath(WritePath.ALIAS);
        try (CodeHeap heap = builder.build()) {
            heap.precommit(REGION_BYTE_SIZE);
            CodeBlock block = heap.define(ConstantFunction.bytes(ANSWER));
            int answer = call(block);
            HeapAudit audit = heap.audit();
            block.free();
            boolean usable = answer == ANSWER && audit.isClean();
            return new Rung(backing.label(), usable, describe(backing, answer, audit),
                    usable ? Optional.empty() : Optional.of(Remedy.ofSmallMapping(backing, host)), audit.hugeByteSize(),
                    audit.intendedHugeByteSize());
        } catch (AshlarException refused) {
            List<Refusal> refusals =
                    refused instanceof BackingUnavailableException unavailable ? unavailable.refusals() : List.of();
            return new Rung(backing.label(), false, String.valueOf(refused.getMessage()),
                    Optional.of(Remedy.of(backing, host, refusals)), 0, 0);
        }
    }

    static int call(CodeBlock block) {
        try {
            return (int) block.bind(ConstantFunction.DESCRIPTOR).invokeExact();
        } catch (Throwable impossible) {
            throw new AssertionError("a native function of ours threw", impossible);
        }
    }

    private static String describe(Backing backing, int answer, HeapAudit audit) {
        if (answer != ANSWER) {
            return "a function that returns %d returned %d".formatted(ANSWER, answer);
        }
        if (!audit.isClean()) {
            return "a function ran, but the kernel maps %d of %d bytes huge, %d mappings writable and executable, %d"
                    .formatted(audit.hugeByteSize(), audit.intendedHugeByteSize(),
                            audit.writableAndExecutable().size(), audit.misplaced().size())
                    + " misplaced";
        }
        return backing.isHuge()
                ? "a function ran, and the kernel maps both views by 2 MiB entries (" + audit.source() + ")"
                : "a function ran";
    }
}
