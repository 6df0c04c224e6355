package dev.ashlar.tool.soak;

import dev.ashlar.Trampoline;
import dev.ashlar.TrampolinePool;
import dev.ashlar.tool.code.ConstantFunction;
import java.util.List;

/** A trampoline, with the function that it leads to. */
final class TrampolineHeld implements Held {
    private final List<Marked> targets;
    private final Trampoline trampoline;
    private final Runnable whenEnded;
    private Marked target;

    /** Takes one. {@code targets} stay live. */
    TrampolineHeld(TrampolinePool pool, List<Marked> targets, Runnable whenEnded) {
        this.targets = targets;
        this.whenEnded = whenEnded;
        this.target = targets.getFirst();
        this.trampoline = pool.take(target.address());
    }

    @Override
    public void check() {
        SoakFailure.require(ConstantFunction.call(trampoline.address()) == target.stamp(),
                "a trampoline leads to another function", trampoline.address());
    }

    @Override
    public void use(Draw draw) {
        target = targets.get(draw.below(targets.size()));
        trampoline.retarget(target.address());
        check();
    }

    @Override
    public void end() {
        check();
        trampoline.free();
        whenEnded.run();
    }
}
