package dev.ashlar.recording;

import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;

/** Uses heaps in a child JVM that may lack {@code jdk.jfr} and {@code java.management}. */
final class WithoutModules {
    private WithoutModules() {}

    public static void main(String[] arguments) {
        for (String module : new String[] {"jdk.jfr", "java.management"}) {
            System.out.println(module + " = " + ModuleLayer.boot().findModule(module).isPresent());
        }
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
                DataHeap data = DataHeap.builder().memory(MemoryDemand.SMALL).build()) {
            data.precommit(4 << 20);
            System.out.println("trimmed = " + data.trim());
            System.out.println("call = " + NativeCode.call(heap.define(NativeCode.returning(42)).address()));
            if (arguments.length > 0) {
                System.out.println("bean = " + heap.registerMXBean());
            }
        } catch (UnsupportedOperationException noModule) {
            System.out.println("bean: " + noModule.getMessage());
        }
    }
}
