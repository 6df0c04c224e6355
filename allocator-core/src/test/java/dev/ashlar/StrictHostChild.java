package dev.ashlar;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BackingUnavailableException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.stubs.TestLinux;

/** Builds heaps of every kind in a process that the host restricts, and prints the results. */
final class StrictHostChild {
    private static final SystemCalls KERNEL = Libc.system();

    private StrictHostChild() {}

    public static void main(String[] arguments) {
        switch (arguments[0]) {
            case "mdwe" -> print("prctl", KERNEL.prctl(Linux.PR_SET_MDWE, TestLinux.PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0));
            case "none" -> System.out.println("no restriction");
            case "memfd_noexec" -> print("MFD_EXEC", KERNEL.memfdCreate("executable", Linux.MFD_EXEC));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        for (MemoryDemand memory : new MemoryDemand[] {MemoryDemand.THP, MemoryDemand.SMALL}) {
            for (WritePath path : WritePath.values()) {
                run(path + " " + memory, CodeHeap.builder().memory(memory).writePath(path));
            }
            for (Hardening level : new Hardening[] {Hardening.SEALED, Hardening.PINNED}) {
                run(level + " " + memory, CodeHeap.builder().memory(memory).hardening(level));
            }
        }
        run("auto", CodeHeap.builder());
    }

    private static void print(String call, long result) {
        System.out.println(call + ": " + (result < 0 ? Errno.of(result).name() : "done"));
    }

    private static void run(String name, CodeHeapBuilder builder) {
        try (CodeHeap heap = builder.capacity(8 << 20).build()) {
            CodeBlock block = heap.define(NativeCode.returning(42));
            int answer = NativeCode.call(block.address());
            block.free();
            HeapAudit audit = heap.audit();
            // Not isClean: publishing in place splits a region, and it is healed later.
            boolean isAsSet = audit.writableAndExecutable().isEmpty() && audit.misplaced().isEmpty();
            System.out.println(name + ": " + heap.writePath() + ", " + answer + ", as set " + isAsSet);
        } catch (BackingUnavailableException refused) {
            System.out.println(name + ": " + refused.getMessage());
        }
    }
}
