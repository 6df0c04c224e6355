package dev.ashlar.tool.doctor;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.tool.code.ConstantFunction;
import java.util.List;
import java.util.stream.Stream;

/** Tries every way to write code: a small heap is built on it, and a function is run in it. */
final class WritePathChecks {
    private static final long CAPACITY_BYTE_SIZE = 4L << 20;
    private static final int ANSWER = 42;

    private WritePathChecks() {}

    static List<Check> run() {
        return Stream.of(WritePath.values()).map(WritePathChecks::attempt).toList();
    }

    private static Check attempt(WritePath path) {
        try (CodeHeap heap = CodeHeap.builder()
                .name("doctor-" + path)
                .capacity(CAPACITY_BYTE_SIZE)
                .writePath(path)
                .build()) {
            CodeBlock block = heap.define(ConstantFunction.bytes(ANSWER));
            boolean answered = Doctor.call(block) == ANSWER;
            return new Check(path.label(), answered,
                    (answered ? "a function ran, in " : "a function did not return what it should, in ")
                            + heap.report().backings().getFirst() + " memory");
        } catch (AshlarException refused) {
            return new Check(path.label(), false, String.valueOf(refused.getMessage()));
        }
    }
}
