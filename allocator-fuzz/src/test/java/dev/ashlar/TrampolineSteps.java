package dev.ashlar;

import dev.ashlar.report.BlockStateException;
import java.util.ArrayList;
import java.util.List;

/** Random steps with pools of trampolines. */
final class TrampolineSteps {
    private final Script script;
    private final CodeHeap heap;
    private final List<Pool> pools = new ArrayList<>();
    private final List<Held> trampolines = new ArrayList<>();

    private static final class Pool {
        final TrampolinePool pool;
        int liveCount;
        boolean isClosed;

        Pool(TrampolinePool pool) {
            this.pool = pool;
        }
    }

    private static final class Held {
        final Pool pool;
        final Trampoline trampoline;
        long target;
        boolean isFreed;

        Held(Pool pool, Trampoline trampoline, long target) {
            this.pool = pool;
            this.trampoline = trampoline;
            this.target = target;
        }
    }

    TrampolineSteps(Script script, CodeHeap heap) {
        this.script = script;
        this.heap = heap;
    }

    void step() {
        if (pools.isEmpty() || script.below(8) == 0) {
            open();
        } else if (trampolines.isEmpty() || script.below(3) == 0) {
            use(script.oneOf(pools));
        } else {
            use(script.oneOf(trampolines));
        }
    }

    private void open() {
        // A large count fills the heap.
        int count = (int) (script.below(8) == 7 ? script.number() : script.below(8) << 7);
        RuntimeException refusal = Check.refusal(script, () -> pools.add(new Pool(heap.openTrampolines(count))));
        Check.argumentsWere(count >= 1, refusal);
    }

    private void use(Pool pool) {
        if (script.below(8) == 7) {
            pool.pool.close();
            pool.isClosed = true;
            trampolines.stream().filter(held -> held.pool == pool).forEach(held -> held.isFreed = true);
            Check.refuses(BlockStateException.class, pool.pool::liveCount);
            return;
        }
        long target = script.number();
        Trampoline[] result = new Trampoline[1];
        RuntimeException refusal = Check.refusal(script, () -> result[0] = pool.pool.take(target));
        if (refusal == null) {
            Check.require(target > 0 && !pool.isClosed, "take() of 0x" + Long.toHexString(target));
            Check.require(result[0].address() % 16 == 0, "not aligned");
            pool.liveCount++;
            trampolines.add(new Held(pool, result[0], target));
        } else if (!pool.isClosed) {
            Check.argumentsWere(target > 0, refusal);
        }
    }

    private void use(Held held) {
        switch (script.below(4)) {
            case 0 -> {
                long target = script.number();
                RuntimeException refusal = Check.refusal(script, () -> held.trampoline.retarget(target));
                Check.require((refusal == null) == (target > 0 && !held.isFreed), "retarget(): " + refusal);
                held.target = refusal == null ? target : held.target;
            }
            case 1 -> {
                RuntimeException refusal = Check.refusal(script, held.trampoline::free);
                Check.require((refusal == null) == !held.isFreed, "free(): " + refusal);
                held.pool.liveCount -= refusal == null ? 1 : 0;
                held.isFreed = true;
            }
            default -> {
                if (!held.isFreed) {
                    call(held);
                }
            }
        }
        if (held.isFreed) {
            Check.refuses(BlockStateException.class, held.trampoline::target);
        } else {
            Check.require(held.trampoline.target() == held.target, "the target has changed");
        }
        if (!held.pool.isClosed) {
            Check.require(held.pool.pool.liveCount() == held.pool.liveCount, "liveCount()");
        }
    }

    /** Leads a trampoline to a function, and runs it. */
    private void call(Held held) {
        int answer = script.below(256);
        CodeBlock[] function = new CodeBlock[1];
        if (Check.refusal(() -> function[0] = heap.define(NativeConstant.returning(answer, 0))) == null) {
            long address = function[0].address();
            held.trampoline.retarget(address);
            NativeConstant.requireReturns(answer, held.trampoline.address());
            held.trampoline.retarget(held.target);
            function[0].free();
        }
    }

    void end() {
        for (Held held : trampolines) {
            Check.require(held.isFreed || held.trampoline.target() == held.target, "the target has changed");
        }
        pools.forEach(pool -> pool.pool.close());
    }
}
