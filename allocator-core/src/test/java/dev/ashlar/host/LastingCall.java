package dev.ashlar.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** A call of a block in a thread of its own, from before the constructor returns until {@link #close}. */
public final class LastingCall implements AutoCloseable {
    private static final FunctionDescriptor FUNCTION = FunctionDescriptor.ofVoid(ValueLayout.ADDRESS);
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private final Arena arena = Arena.ofShared();
    /** Whether the code is to return, and whether it runs. */
    private final MemorySegment flags = arena.allocate(2 * Integer.BYTES);
    private final Thread thread;

    /** How the JDK knows which memory a call runs in. */
    public enum By {
        /** By a handle that is bound to it. */
        HANDLE,
        /** By an argument of the call. */
        SEGMENT;

        @SuppressWarnings("restricted")
        private MethodHandle handle(CodeBlock block) {
            return switch (this) {
                case HANDLE -> block.bind(FUNCTION);
                case SEGMENT -> Linker.nativeLinker().downcallHandle(FUNCTION).bindTo(block.executable());
            };
        }
    }

    /** {@return mov dword [rdi + 4], 1; spin: cmp dword [rdi], 0; pause; je spin; ret} */
    public static byte[] code() {
        byte[] wait = NativeCode.waitingForFlag();
        return ByteBuffer.allocate(7 + wait.length)
                .put(new byte[] {(byte) 0xc7, 0x47, 4, 1, 0, 0, 0})
                .put(wait)
                .array();
    }

    /** Calls a block that holds {@link #code}. This object does not keep the block reachable. */
    public LastingCall(CodeBlock block, By by) {
        thread = start(new AtomicReference<>(by.handle(block)), flags);
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!isRunning() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(isRunning()).isTrue();
    }

    /** The handle is taken out of the reference: the task of the thread does not keep it. */
    private static Thread start(AtomicReference<MethodHandle> handle, MemorySegment flags) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                handle.getAndSet(null).invokeExact(flags);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        });
    }

    private boolean isRunning() {
        return (int) INT.getAcquire(flags, (long) Integer.BYTES) == 1;
    }

    @Override
    public void close() {
        INT.setRelease(flags, 0L, 1);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        arena.close();
    }
}
