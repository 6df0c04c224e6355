package dev.ashlar.bench.jmh;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.Trampoline;
import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to redirect callers: by patching the rel32 of a jump, or by retargeting a trampoline? And what does
 * each caller pay? With {@code others}, that many threads call the jump and the trampoline all the time.
 */
@State(Scope.Thread)
public class RedirectionBenchmark extends SteadyState {

    private static final byte NOP = (byte) 0x90;
    private static final byte JUMP = (byte) 0xe9;
    /** The rel32 lies in one word if the opcode is the fourth byte. */
    private static final int JUMP_OFFSET = 3;
    private static final int FIELD_OFFSET = JUMP_OFFSET + 1;

    /** The number of threads that call the changed code. */
    @Param({"0", "1"})
    int others;

    private final List<Thread> callers = new ArrayList<>();
    private final CodeHeap heap = CodeHeap.builder().name("redirection").build();
    private final long[] targets = {heap.define(ConstantFunction.bytes(0)).address(),
        heap.define(ConstantFunction.bytes(1)).address()};
    private final Trampoline trampoline = heap.openTrampolines(1).take(targets[0]);
    private final long trampolineAddress = trampoline.address();
    private final CodeBlock jump = heap.allocate(JUMP_OFFSET + 1 + Integer.BYTES, 64);
    private final long jumpAddress = jump.address() + JUMP_OFFSET;
    private int next;
    private volatile boolean over;

    /** Publishes the jump and starts the callers. */
    @Setup
    public void open() {
        jump.writable().fill(NOP).set(ValueLayout.JAVA_BYTE, JUMP_OFFSET, JUMP);
        jump.publish();
        patch();
        for (int count = 0; count < others; count++) {
            callers.add(Thread.ofPlatform().name("caller").start(this::callUntilOver));
        }
    }

    private void callUntilOver() {
        int sum = 0;
        while (!over && sum >= 0) {
            sum = ConstantFunction.call(jumpAddress) + ConstantFunction.call(trampolineAddress);
        }
    }

    /** Stops the callers and closes the heap. */
    @TearDown
    public void close() throws InterruptedException {
        over = true;
        for (Thread caller : callers) {
            caller.join();
        }
        heap.close();
    }

    private long nextTarget() {
        next ^= 1;
        return targets[next];
    }

    /** Patches the jump: a store of code and a barrier on every core. */
    @Benchmark
    public long patch() {
        long target = nextTarget();
        jump.patch(FIELD_OFFSET, target - (jumpAddress + 1 + Integer.BYTES), Integer.BYTES);
        return target;
    }

    /** Retargets the trampoline: a store of data. */
    @Benchmark
    public long retarget() {
        long target = nextTarget();
        trampoline.retarget(target);
        return target;
    }

    /** Calls a function directly, as the baseline of the next two. */
    @Benchmark
    public int call() {
        return ConstantFunction.call(targets[0]);
    }

    /** Calls the function through the jump. */
    @Benchmark
    public int callThroughJump() {
        return ConstantFunction.call(jumpAddress);
    }

    /** Calls the function through the trampoline. */
    @Benchmark
    public int callThroughTrampoline() {
        return ConstantFunction.call(trampolineAddress);
    }
}
