package dev.ashlar.llvm;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The part of ORC that links objects, with memory of a heap. Under the lock of its engine. */
sealed interface OrcLayer extends AutoCloseable permits RuntimeDyldLayer, JitlinkLayer {

    /** {@return what ORC generates code for: a target builder, which ORC takes; NULL for its own choice} */
    MemorySegment target();

    /** {@return a new layer of an execution session, which ORC takes} */
    MemorySegment create(MemorySegment session);

    /** {@return why the heap refused memory; null if it did not} */
    @Nullable Throwable failure();

    /** Pre: ORC is disposed. */
    @Override
    void close();
}
