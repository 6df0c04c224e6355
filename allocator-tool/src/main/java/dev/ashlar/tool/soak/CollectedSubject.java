package dev.ashlar.tool.soak;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CollectedCode;
import dev.ashlar.tool.code.ConstantFunction;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** A small code heap whose blocks the garbage collector frees. What is held is a handle alone, or the block. */
final class CollectedSubject extends Subject {
    private static final long CAPACITY = 16L << 20;
    private static final int CHECK_ATTEMPTS = 100;
    private static final long CHECK_PAUSE_NANOS = 50_000_000;

    private final CodeHeap heap;
    private final CollectedCode collected;

    CollectedSubject(String name, Shadow shadow, int target) {
        super(shadow, target);
        heap = CodeHeap.builder().name(name).capacity(CAPACITY).build();
        collected = heap.collected();
    }

    @Override
    CodeHeap heap() {
        return heap;
    }

    @Override
    boolean canBeFull() {
        return true;
    }

    @Override
    OptionalLong expectedBlockCount(boolean isDrained) {
        // The collector decides when, but in the end all must be free.
        for (int attempt = 0; isDrained && attempt < CHECK_ATTEMPTS && heap.stats().liveBlockCount() > 0; attempt++) {
            System.gc();
            LockSupport.parkNanos(CHECK_PAUSE_NANOS);
        }
        return isDrained ? OptionalLong.of(0) : OptionalLong.empty();
    }

    /** The thread of the collector may free blocks meanwhile: only what stays is a fault. */
    @Override
    void checkInvariants() {
        for (int attempt = 1;; attempt++) {
            try {
                super.checkInvariants();
                return;
            } catch (SoakFailure failure) {
                if (attempt == CHECK_ATTEMPTS) {
                    throw failure;
                }
                LockSupport.parkNanos(CHECK_PAUSE_NANOS);
            }
        }
    }

    @Override
    Held take(Draw draw) {
        int byteSize = draw.byteSize();
        int stamp = draw.stamp();
        CodeBlock block = collected.define(draw.code(byteSize, stamp));
        Marked contents = Marked.code(shadow, block.address(), byteSize, stamp);
        return new CollectedHeld(draw.oneIn(2) ? block : block.bind(ConstantFunction.DESCRIPTOR), contents);
    }

    /** Code that lives as long as what is held: its block or a handle. */
    private final class CollectedHeld implements Held {
        private final Object holder;
        private final Marked contents;

        CollectedHeld(Object holder, Marked contents) {
            this.holder = holder;
            this.contents = contents;
        }

        @Override
        public void check() {
            try {
                contents.check();
                boolean isRight = holder instanceof CodeBlock block
                        ? block.isPublished()
                        : ConstantFunction.call((MethodHandle) holder) == contents.stamp();
                SoakFailure.require(isRight, "collected code has another state, or its handle calls other code",
                        contents.address());
            } finally {
                // Until here the code must run. After the end the caller drops it.
                Reference.reachabilityFence(holder);
            }
        }

        @Override
        public void end() {
            check();
            shadow.release(contents.address(), contents.byteSize());
        }
    }
}
