package dev.ashlar.tool.demo;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Refusal;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapReport;
import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.code.AssembledFunction;
import dev.ashlar.tool.demo.DemoResult.Call;
import dev.ashlar.tool.demo.DemoResult.Load;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.memory.CodeHeapMemory;
import dev.ashlar.tool.memory.MappingPerFunction;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Runs the demo: a heap, real functions in it, then ten thousand in it and ten thousand with a mapping for each. */
public final class Demo {

    private Demo() {}

    /**
     * Runs everything and frees everything.
     *
     * @param memory what the heap's memory is to be
     * @param progress told what happens next, in a few words
     * @throws dev.ashlar.report.AshlarException if the host cannot give what the demo needs
     */
    public static DemoResult run(MemoryDemand memory, Consumer<String> progress) {
        progress.accept("reading settings");
        Host host = Host.read();
        try (CodeHeap heap = CodeHeap.builder().name("demo").memory(memory).build()) {
            HeapAudit built = heap.audit();
            progress.accept("assembling and calling functions");
            List<Call> calls = new ArrayList<>();
            AssembledFunction.all().forEach(function -> calls.addAll(callInHeap(heap, function)));

            progress.accept("10,000 functions in the heap");
            FunctionLoad load = new FunctionLoad("ashlar", new CodeHeapMemory(heap));
            HeapWitness witness = new HeapWitness(heap, load);
            Load ours = load.run(witness);

            progress.accept("10,000 functions with a mapping each");
            FunctionLoad rivalLoad = new FunctionLoad("mmap+mprotect", new MappingPerFunction(Libc.system()));
            Load rival = rivalLoad.run(new MappingWitness(rivalLoad));

            HeapAudit last = heap.audit();
            boolean hugePages = witness.allLive().intendedHugeByteSize() > 0;
            return new DemoResult(host, describe(heap.report()), calls, ours, rival, witness.regions(),
                    Proofs.of(calls, ours, built, witness, last), hugePages);
        }
    }

    private static List<Call> callInHeap(CodeHeap heap, AssembledFunction function) {
        CodeBlock block = heap.allocate(function.byteSize());
        function.writeTo(block.writable().asByteBuffer(), block.address());
        block.publish();
        MethodHandle handle = block.bind(function.descriptor());
        List<Call> calls = new ArrayList<>();
        for (AssembledFunction.Call call : function.calls()) {
            calls.add(new Call(function.name(), function.byteSize(), hex(block.address()), call.arguments(),
                    invoke(handle, call.arguments()), call.expected()));
        }
        block.free();
        return calls;
    }

    private static long invoke(MethodHandle handle, List<Long> arguments) {
        try {
            return (long) handle.invokeWithArguments(arguments);
        } catch (Throwable impossible) {
            throw new AssertionError("a native function of ours threw", impossible);
        }
    }

    private static DemoResult.Heap describe(HeapReport report) {
        String backing = report.backings().stream().map(Backing::label).distinct().collect(Collectors.joining("+"));
        return new DemoResult.Heap(report.capacityByteSize(), hex(report.executableAddress()),
                hex(report.writableAddress()), backing, report.writePath().label(),
                report.refusals().stream().map(Refusal::describe).toList());
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
