package dev.ashlar;

import dev.ashlar.memory.Frame;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Visibility;
import dev.ashlar.memory.WritePath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A process whose generated code tools watch. */
public final class ToolsChild {
    /** A library of LLVM. */
    static final String LLVM = "libLLVM.so.19.1";

    private ToolsChild() {}

    /** Does what the first argument says, on the write path of the second. */
    public static void main(String[] arguments) throws Throwable {
        WritePath path = WritePath.valueOf(arguments[1]);
        Path directory = Path.of(arguments[2]);
        switch (arguments[0]) {
            case "spin" -> spin(heap(path, Visibility.NONE.jitDump(directory)));
            case "spin-map" -> spin(heap(path, Visibility.NONE.perfMap()));
            case "sleep" -> sleep(heap(path, Visibility.NONE.debugger()), () -> {});
            case "sleep-beside-llvm" -> {
                // It has a descriptor for debuggers, too.
                loadLlvm();
                sleep(heap(path, Visibility.NONE.debugger()), () -> {});
            }
            case "write-symbols" -> {
                CodeHeap heap = heap(path, Visibility.NONE);
                sleep(heap, () -> heap.writeSymbols(directory.resolve("symbols.elf")));
            }
            case "rewrite" -> rewrite(heap(path, Visibility.NONE.perfMap()));
            case "full" -> fill(heap(path, Visibility.NONE.jitDump(directory, 8192)), directory);
            case "drop" -> {
                drop(path);
                throwThrough(heap(path, Visibility.NONE.unwinding()), directory);
            }
            case "throw" -> throwThrough(heap(path, Visibility.NONE.unwinding()), directory);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    @SuppressWarnings("restricted")
    private static void loadLlvm() {
        if (SymbolLookup.libraryLookup(LLVM, Arena.global()).find("__jit_debug_descriptor").isEmpty()) {
            throw new AssertionError(LLVM + " has no descriptor");
        }
    }

    private static CodeHeap heap(WritePath path, Visibility visibility) {
        return CodeHeap.builder().memory(MemoryDemand.SMALL).writePath(path).visibility(visibility).build();
    }

    private static MemorySegment code(String hex) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(hex));
    }

    /** Two functions that run for about a second, one by the other. */
    private static void spin(CodeHeap heap) throws Throwable {
        // mov ecx, 20000000; loop: dec ecx; jnz loop; ret
        CodeBlock loop = heap.define(code("b9002d3101ffc975fcc3"), "hot_loop", Frame.ENTRY);
        // push rbp; mov rbp, rsp; mov rax, loop; call rax; pop rbp; ret
        CodeBlock caller = heap.define(
                calling("554889e5", loop.address(), "5dc3"), "cold_caller", Frame.ENTRY
                        .stackPointer(1, 16).saved(Frame.Register.RBP, 16).framePointer(4, 16)
                        .stackPointer(17, 8).restored(Frame.Register.RBP));
        MethodHandle run = caller.bind(FunctionDescriptor.ofVoid());
        long end = System.nanoTime() + 1_000_000_000L;
        while (System.nanoTime() < end) {
            run.invokeExact();
        }
    }

    /** Truncates the map as jcmd does. */
    private static void rewrite(CodeHeap heap) throws IOException {
        Path map = Path.of("/tmp/perf-" + ProcessHandle.current().pid() + ".map");
        try {
            heap.define(code("c3"), "first_function");
            heap.define(code("c3"), "freed").free();
            System.out.println(PosixFilePermissions.toString(Files.getPosixFilePermissions(map)));
            Files.newOutputStream(map).close();
            heap.refreshTools();
            System.out.println("lines after: " + Files.readAllLines(map).size());
            System.out.println(Files.readString(map));
        } finally {
            Files.delete(map);
        }
    }

    private static void fill(CodeHeap heap, Path directory) throws IOException {
        for (int count = 0; count < 1000; count++) {
            heap.define(code("c3"), "function");
        }
        Path dump = directory.resolve("jit-" + ProcessHandle.current().pid() + ".dump");
        System.out.println("at most 8192: " + (Files.size(dump) > 4096 && Files.size(dump) <= 8192));
    }

    private static MemorySegment calling(String before, long address, String after) {
        byte[] start = HexFormat.of().parseHex(before);
        byte[] end = HexFormat.of().parseHex(after);
        return MemorySegment.ofArray(ByteBuffer.allocate(start.length + 12 + end.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(start)
                .put((byte) 0x48).put((byte) 0xb8).putLong(address) // mov rax, address
                .put((byte) 0xff).put((byte) 0xd0) // call rax
                .put(end)
                .array());
    }

    /** The frame of sub rsp, 8; mov rax, ..; call rax; add rsp, 8; ret. */
    private static final Frame WITHOUT_POINTER = Frame.ENTRY.stackPointer(4, 16).stackPointer(20, 8);

    private static void sleep(CodeHeap heap, Runnable whenDefined) throws Throwable {
        long sleep = Linker.nativeLinker().defaultLookup().find("sleep").orElseThrow().address();
        CodeBlock inner = heap.define(calling("554889e5", sleep, "5dc3"), "inner_function");
        CodeBlock middle = heap.define(calling("4883ec08", inner.address(), "4883c408c3"), "middle_function",
                WITHOUT_POINTER);
        // push rbx; mov rbx, 7; .. ; pop rbx; ret
        CodeBlock outer = heap.define(calling("5348c7c307000000", middle.address(), "5bc3"), "outer_function",
                Frame.ENTRY.stackPointer(1, 16).saved(Frame.Register.RBX, 16)
                        .stackPointer(21, 8).restored(Frame.Register.RBX));
        whenDefined.run();
        System.out.println("ready");
        int left = (int) outer.bind(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)).invokeExact(20);
        System.out.println("left " + left);
    }

    @SuppressWarnings("restricted")
    private static void throwThrough(CodeHeap heap, Path directory) throws Throwable {
        SymbolLookup library = SymbolLookup.libraryLookup(directory.resolve("thrower.so"), Arena.global());
        long thrower = library.find("thrower").orElseThrow().address();
        MethodHandle catching = Linker.nativeLinker().downcallHandle(library.find("catching").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        CodeBlock standard = heap.define(calling("554889e5", thrower, "5dc3"), "standard");
        print("standard", catching, standard);
        CodeBlock own = heap.define(calling("4883ec08", thrower, "4883c408c3"), "own", WITHOUT_POINTER);
        print("own", catching, own);
        List<CodeBlock> many = new ArrayList<>();
        for (int index = 0; index < 10_000; index++) {
            // A frame of its own for each: the number of nops before the epilogue differs.
            Frame frame = Frame.ENTRY.stackPointer(4, 16).stackPointer(20 + index, 8);
            many.add(heap.define(calling("4883ec08", thrower, "90".repeat(index % 100) + "4883c408c3"), "many",
                    frame));
        }
        CodeBlock nested = heap.define(calling("5348c7c307000000", many.getLast().address(), "5bc3"), "nested",
                Frame.ENTRY.stackPointer(1, 16).saved(Frame.Register.RBX, 16)
                        .stackPointer(21, 8).restored(Frame.Register.RBX));
        print("first of many", catching, many.getFirst());
        print("last of many", catching, many.getLast());
        print("nested", catching, nested);
        long address = many.get(500).address();
        many.get(500).free();
        CodeBlock again = heap.define(calling("554889e5", thrower, "5dc3"), "standard again");
        System.out.println(address == again.address() ? "same place" : "other place");
        print("again", catching, again);
        heap.close();
        System.out.println("closed");
    }

    /** Drops heaps without a close, until the first ones were given back. */
    private static void drop(WritePath path) throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            CodeHeap dropped = heap(path, Visibility.NONE.unwinding().debugger());
            dropped.define(code("c3"), "dropped", WITHOUT_POINTER);
            System.gc();
            Thread.sleep(20);
        }
    }

    private static void print(String what, MethodHandle catching, CodeBlock block) throws Throwable {
        long start = System.nanoTime();
        int caught = (int) catching.invokeExact(block.executable());
        System.out.println(what + ": caught " + caught + " in " + (System.nanoTime() - start) / 1000 + " us");
    }
}
