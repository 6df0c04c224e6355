package dev.ashlar.tool.soak;

import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/** A block held by its address. */
final class AddressHeld implements Held {
    private final Subject subject;
    private final Calls calls;
    private final Marked contents;

    /** What a heap does with addresses. */
    record Calls(LongConsumer free, LongUnaryOperator blockContaining, LongUnaryOperator usableByteSize) {}

    AddressHeld(Subject subject, Calls calls, Marked contents) {
        this.subject = subject;
        this.calls = calls;
        this.contents = contents;
        subject.noteLive(1);
    }

    @Override
    public void check() {
        contents.check();
    }

    @Override
    public void use(Draw draw) {
        contents.check();
        long address = contents.address();
        long inside = address + draw.below(contents.byteSize());
        SoakFailure.require(calls.blockContaining().applyAsLong(inside) == address, "another block is there", inside);
        SoakFailure.require(calls.usableByteSize().applyAsLong(address) >= contents.byteSize(),
                "a block is smaller than was asked for", address);
        Subject.requireRefused("free", address + 1, () -> calls.free().accept(address + 1));
    }

    @Override
    public void end() {
        contents.release(subject.shadow);
        calls.free().accept(contents.address());
        subject.noteLive(-1);
    }
}
