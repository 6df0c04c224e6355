package dev.ashlar.examples.path;

import dev.ashlar.BatchSection;
import dev.ashlar.CodeBatch;
import dev.ashlar.CodeHeap;
import dev.ashlar.PublishedBatch;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.WritePath;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** IN_PLACE: code is written where it will run, for generators that insist on it; then its pages become executable. */
public final class InPlaceExample {
    private static final int FUNCTION_COUNT = 100;

    private InPlaceExample() {}

    /** Publishes a batch of many functions by one change of permissions. */
    @SuppressWarnings("restricted")
    public static void main(String[] arguments) throws Throwable {
        if (!Answer.isX86()) {
            return;
        }
        try (CodeHeap heap = CodeHeap.builder().writePath(WritePath.IN_PLACE).build();
                CodeBatch batch = heap.openBatch()) {
            long[] functions = new long[FUNCTION_COUNT];
            for (int number = 0; number < FUNCTION_COUNT; number++) {
                byte[] code = Answer.of(number);
                BatchSection section = batch.allocate(Domain.CODE, code.length, 16);
                section.writable().copyFrom(MemorySegment.ofArray(code));
                functions[number] = section.address();
            }
            PublishedBatch published = batch.publish();

            MemorySegment last = published.segment(functions[99], Answer.of(99).length);
            var function = Linker.nativeLinker().downcallHandle(last, Answer.FUNCTION);
            IO.println("the last function returns " + (int) function.invokeExact());
            published.free();
            // A permission belongs to pages, so the fewer batches the better.
            IO.println("calls of mprotect: " + heap.stats().mprotectCallCount());
        }
    }
}
