package dev.ashlar.nativetable;

import dev.ashlar.CodeHeap;
import dev.ashlar.memory.MemoryDemand;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;

/** Fills the Java heap, lets native code allocate until that fails, and prints the status. */
final class FullMemoryChild {
    private static final int LARGEST = 1 << 20;

    private FullMemoryChild() {}

    public static void main(String[] arguments) {
        ClientLibrary client = ClientLibrary.open(Path.of(arguments[0]));
        MethodHandle allocateAll = client.handle("allocate_all");
        MethodHandle once = client.handle("allocate_and_free");
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();
        NativeTable table = NativeTable.of(heap);
        int before = client.call(once, table);
        Object[] filling = fill();
        int code = client.call(allocateAll, table);
        Arrays.fill(filling, null);
        String status = Arrays.stream(Status.values()).filter(each -> each.code() == code).findFirst()
                .map(Status::name).orElse("?");
        System.out.println(before == 0 ? status : "not even before");
        table.close();
        heap.close();
        System.out.println("closed");
    }

    /** {@return arrays that leave no room for another one of 32 bytes} */
    private static Object[] fill() {
        Object[] filling = new Object[100_000];
        int count = 0;
        for (int byteSize = LARGEST; byteSize > 16; byteSize /= 2) {
            try {
                while (count < filling.length) {
                    filling[count] = new byte[byteSize];
                    count++;
                }
            } catch (OutOfMemoryError full) {
                // Smaller ones may have room.
            }
        }
        return filling;
    }
}
