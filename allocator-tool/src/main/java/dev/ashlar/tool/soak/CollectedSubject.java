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
        return draw.oneIn(2)
                ? new BlockHeld(block, contents)
                : new HandleHeld(block.bind(ConstantFunction.DESCRIPTOR), contents);
    }

    private final class BlockHeld implements Held {
        private final CodeBlock block;
        private final Marked contents;

        BlockHeld(CodeBlock block, Marked contents) {
            this.block = block;
            this.contents = contents;
        }

        @Override
        public void check() {
            contents.check();
            SoakFailure.require(block.isPublished(), "a collected block has another state", contents.address());
        }

        @Override
        public void end() {
            try {
                check();
                contents.release(shadow);
            } finally {
                // Until here the code must run. The caller drops it now.
                Reference.reachabilityFence(block);
            }
        }
    }

    private final class HandleHeld implements Held {
        private final MethodHandle handle;
        private final Marked contents;

        HandleHeld(MethodHandle handle, Marked contents) {
            this.handle = handle;
            this.contents = contents;
        }

        @Override
        public void check() {
            try {
                SoakFailure.require((int) handle.invokeExact() == contents.stamp(), "a handle calls other code",
                        contents.address());
            } catch (RuntimeException failed) {
                throw failed;
            } catch (Throwable impossible) {
                throw new AssertionError("native code cannot throw", impossible);
            }
        }

        @Override
        public void end() {
            try {
                check();
                contents.release(shadow);
            } finally {
                Reference.reachabilityFence(handle);
            }
        }
    }
}
