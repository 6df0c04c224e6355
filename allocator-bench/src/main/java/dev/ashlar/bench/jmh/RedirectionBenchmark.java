package dev.ashlar.bench.jmh;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.Trampoline;
import dev.ashlar.TrampolinePool;
import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.MemorySegment;
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
    private static final byte JUMP = (byte) 0xe9;
    /** The rel32 lies in one word if the opcode is the fourth byte. */
    private static final int JUMP_OFFSET = 3;
    private static final int FIELD_OFFSET = JUMP_OFFSET + 1;

    /** The number of threads that call the changed code. */
    @Param({"0", "1"})
    int others;

    private final List<Thread> callers = new ArrayList<>();
    private final long[] targets = new long[2];

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private CodeHeap heap;

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private CodeBlock jump;

    @SuppressWarnings("NullAway.Init") // Set by open(), which JMH calls first.
    private Trampoline trampoline;

    private long jumpAddress;
    private long trampolineAddress;
    private int next;
    private volatile boolean over;

    /** Makes a jump, a trampoline and two target functions. */
    @Setup
    public void open() {
        heap = CodeHeap.builder().name("redirection").build();
        for (int index = 0; index < targets.length; index++) {
            targets[index] = heap.define(ConstantFunction.bytes(index)).address();
        }
        TrampolinePool pool = heap.openTrampolines(1);
        trampoline = pool.take(targets[0]);
        trampolineAddress = trampoline.address();
        byte[] code = {(byte) 0x90, (byte) 0x90, (byte) 0x90, JUMP, 0, 0, 0, 0};
        jump = heap.allocate(code.length, 64);
        jump.writable().copyFrom(MemorySegment.ofArray(code));
        jump.publish();
        jumpAddress = jump.address() + JUMP_OFFSET;
        patch();
        over = false;
        for (int count = 0; count < others; count++) {
            Thread caller = new Thread(this::callUntilOver, "caller");
            callers.add(caller);
            caller.start();
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
        callers.clear();
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
