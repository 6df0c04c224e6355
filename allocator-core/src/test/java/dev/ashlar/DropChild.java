package dev.ashlar;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.ProcessMaps;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Drops a heap and keeps a part of it, which the first argument names, in a child JVM. */
final class DropChild {
    private static final FunctionDescriptor FUNCTION = FunctionDescriptor.of(ValueLayout.JAVA_INT);

    private static Object held;
    private static AddressRange place;

    private DropChild() {}

    public static void main(String[] arguments) throws Throwable {
        long before = descriptorCount();
        open(arguments[0]);
        if (held != null) {
            collect(false);
            System.out.println("mapped while held = " + isMapped());
            System.out.println("used = " + use());
            held = null;
        }
        collect(true);
        System.out.println("mapped afterwards = " + isMapped());
        System.out.println("descriptors = " + (descriptorCount() - before));
    }

    private static void open(String what) {
        switch (what) {
            case "data" -> data().allocate(100);
            case "data of an ended thread" -> {
                DataHeap heap = data();
                useInAnotherThread(() -> {
                    try (Arena arena = heap.confinedArena()) {
                        arena.allocate(100);
                    }
                    heap.free(heap.allocate(100));
                });
            }
            case "segment" -> held = data().allocate(100);
            case "arena" -> held = data().confinedArena();
            case "raw" -> held = data().addresses().allocate(100);
            default -> openCode(what);
        }
    }

    private static void openCode(String what) {
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).name("forgotten").build();
        place = AddressRange.ofSize(heap.report().address(), 1);
        CodeBlock block = heap.define(NativeCode.returning(42));
        held = switch (what) {
            case "code" -> null;
            case "code of an ended thread" -> {
                useInAnotherThread(() -> heap.define(NativeCode.returning(1)).free());
                yield null;
            }
            case "closed" -> {
                heap.close();
                yield null;
            }
            case "block" -> block;
            case "executable" -> block.executable();
            case "writable" -> heap.allocate(100).writable();
            case "handle" -> block.bind(FUNCTION);
            case "address" -> block.address();
            case "trampoline" -> heap.openTrampolines(1).take(block.address());
            case "unit" -> heap.allocateUnit(new UnitSizes(16, 16, 16));
            default -> throw new IllegalArgumentException(what);
        };
    }

    /** The thread's task, and so the object of the thread, holds the heap. */
    private static void useInAnotherThread(Runnable task) {
        Thread thread = Thread.ofPlatform().start(task);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DataHeap data() {
        DataHeap heap = DataHeap.builder().memory(MemoryDemand.SMALL).name("forgotten").build();
        place = AddressRange.ofSize(heap.report().address(), 1);
        return heap;
    }

    @SuppressWarnings("restricted")
    private static boolean use() throws Throwable {
        return switch (held) {
            case CodeBlock block -> block.executable().get(ValueLayout.JAVA_BYTE, 5) == (byte) 0xc3;
            case CodeUnit unit -> unit.data().orElseThrow().writable().fill((byte) 1).byteSize() == 16;
            case MemorySegment segment -> segment.toArray(ValueLayout.JAVA_BYTE).length > 0;
            case MethodHandle handle -> (int) handle.invokeExact() == 42;
            case Trampoline trampoline -> NativeCode.call(trampoline.address()) == 42;
            case Arena arena -> arena.allocate(100).fill((byte) 1).byteSize() == 100;
            case Long address ->
                    MemorySegment.ofAddress(address).reinterpret(1).toArray(ValueLayout.JAVA_BYTE).length == 1;
            default -> throw new IllegalStateException(held.toString());
        };
    }

    /** Gives the collector and the cleaner time, less if the memory is gone. */
    private static void collect(boolean isLast) throws InterruptedException {
        for (int round = 0; round < (isLast ? 20 : 5) && isMapped(); round++) {
            System.gc();
            Thread.sleep(50);
        }
        // The warning may come after the memory was given back.
        Thread.sleep(100);
    }

    private static boolean isMapped() {
        return !ProcessMaps.readWithin(List.of(place)).mappings().isEmpty();
    }

    private static boolean isMemoryFile(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("memfd");
        } catch (IOException closed) {
            return false;
        }
    }

    private static long descriptorCount() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            // Of memory files: the JVM opens others when the warning is logged.
            return descriptors.filter(DropChild::isMemoryFile).count();
        }
    }
}
