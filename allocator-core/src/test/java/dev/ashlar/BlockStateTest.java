package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapStats;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A block is written, published, run and freed in this order, and each only once. */
class BlockStateTest {
    private static final FunctionDescriptor FUNCTION = FunctionDescriptor.of(ValueLayout.JAVA_INT);

    private final CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build();

    @AfterEach
    void close() {
        heap.close();
    }

    private void refuses(ThrowingCallable wrong, long address, String action, String state) {
        HeapStats before = heap.stats();
        assertThat(catchThrowableOfType(BlockStateException.class, wrong))
                .hasMessage(action + " failed: the block at 0x" + Long.toHexString(address)
                        + " of heap ashlar is " + state);
        assertThat(heap.stats()).isEqualTo(before);
    }

    @Test
    void aBlockThatIsNotPublishedCannotBeRun() {
        CodeBlock block = heap.allocate(6);
        long address = block.address();
        assertThat(block.isPublished()).isFalse();
        refuses(() -> block.bind(FUNCTION), address, "bind()", "writable, needed: published");
        refuses(block::executable, address, "executable()", "writable, needed: published");
        block.free();
    }

    @Test
    void aPublishedBlockCannotBeWrittenShrunkOrPublishedAgain() {
        CodeBlock block = heap.define(NativeCode.returning(42));
        long address = block.address();
        refuses(block::writable, address, "writable()", "published, needed: writable");
        refuses(() -> block.shrink(1), address, "shrink()", "published, needed: writable");
        refuses(block::publish, address, "publish()", "published, needed: writable");
        assertThat(NativeCode.call(block.address())).isEqualTo(42);
        block.free();
    }

    @Test
    void aFreedBlockCanDoNothing() {
        CodeBlock published = heap.define(NativeCode.returning(42));
        published.free();
        CodeBlock writable = heap.allocate(1000);
        writable.free();
        long address = published.address();
        long other = writable.address();
        refuses(published::free, address, "free()", "freed already");
        refuses(writable::free, other, "free()", "freed already");
        refuses(published::executable, address, "executable()", "freed, needed: published");
        refuses(() -> published.bind(FUNCTION), address, "bind()", "freed, needed: published");
        refuses(writable::writable, other, "writable()", "freed, needed: writable");
        refuses(writable::publish, other, "publish()", "freed, needed: writable");
        refuses(() -> writable.shrink(1), other, "shrink()", "freed, needed: writable");
        assertThat(published.isPublished()).isFalse();
    }

    /** Unlike an address, a block object detects a second free even if another block is live there. */
    @Test
    void aSecondFreeIsFoundAfterThePlaceIsInUseAgain() {
        CodeBlock freed = heap.allocate(2 << 20);
        freed.free();
        CodeBlock next = heap.allocate(2 << 20);
        assertThat(next.address()).isEqualTo(freed.address());
        next.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(7)));
        next.publish();
        refuses(freed::free, next.address(), "free()", "freed already");
        assertThat(NativeCode.call(next.address())).isEqualTo(7);
    }
}
