package dev.ashlar.nativetable;

import dev.ashlar.CodeHeap;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.report.WritePathException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A table of C functions by which native code in this process takes memory from a code heap, writes, publishes and
 * frees it. The struct, and inline functions that call it safely, are in {@code ashlar.h} ({@link #header()}).
 *
 * {@snippet :
 * try (CodeHeap heap = CodeHeap.create();
 *         NativeTable table = NativeTable.of(heap)) {
 *     int result = (int) startRuntime.invokeExact(table.segment()); // int start_runtime(const ashlar_table *table)
 * }
 * }
 *
 * <p><b>Lifetime.</b> Close the table before its heap. A call of native code after that returns {@code ASHLAR_CLOSED};
 * one that runs meanwhile may still succeed, so end the runtime's threads first. Blocks that native code has not freed
 * stay live until the heap is closed, in spite of the close of the table. An open table keeps its heap reachable.
 *
 * <p><b>Cost.</b> A heap without a table pays nothing. Each table leaves some hundred bytes until the process ends.
 *
 * <p><b>Threads.</b> All methods may be called by any thread, and the functions of the table by any native thread.
 */
public final class NativeTable implements AutoCloseable {
    private static final String HEADER = "ashlar.h";

    private final MemorySegment segment;
    private final long number;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private NativeTable(CodeHeap heap, HeapCalls calls) {
        this.number = OpenTables.open(calls);
        try {
            this.segment = TableStruct.of(heap, number);
        } catch (Throwable e) {
            OpenTables.close(number);
            throw e;
        }
    }

    /**
     * Makes a table for a heap. A heap may have several.
     *
     * @param heap serves the calls; the caller closes it after the table
     * @return the table; the caller closes it
     * @throws WritePathException if the heap serves batches only (write path in-place on hugetlb)
     * @throws HeapExhaustedException if the heap has no room for a block of one byte
     * @throws HeapClosedException if the heap is closed
     */
    public static NativeTable of(CodeHeap heap) {
        HeapCalls calls = new HeapCalls(Objects.requireNonNull(heap, "heap"));
        calls.rehearse();
        return new NativeTable(heap, calls);
    }

    /**
     * {@return the struct {@code ashlar_table}, to be passed as a pointer} It can be read until the process ends, also
     * after the close.
     */
    public MemorySegment segment() {
        return segment;
    }

    /** {@return the text of {@code ashlar.h}, for those who compile C where they run} */
    public static String header() {
        try (InputStream text = NativeTable.class.getResourceAsStream(HEADER)) {
            return new String(Objects.requireNonNull(text, HEADER).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the table: from now on its functions return {@code ASHLAR_CLOSED}. Closing it again does nothing. */
    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            OpenTables.close(number);
        }
    }
}
