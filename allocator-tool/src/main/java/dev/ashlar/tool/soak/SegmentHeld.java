package dev.ashlar.tool.soak;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A block held as a segment. */
final class SegmentHeld implements Held {
    private final Subject subject;
    private final Consumer<MemorySegment> free;
    private final MemorySegment segment;
    private final Marked contents;

    /** Writes a segment that was just allocated, which must be zero. */
    SegmentHeld(Subject subject, Consumer<MemorySegment> free, MemorySegment segment, Draw draw) {
        this.subject = subject;
        this.free = free;
        this.segment = segment;
        Marked.requireUnwritten(segment.address(), (int) segment.byteSize(), 0);
        this.contents = Marked.data(subject.shadow, segment, draw.stamp());
        subject.noteLive(1);
    }

    @Override
    public void check() {
        contents.check();
    }

    @Override
    public void use(Draw draw) {
        contents.check();
        Subject.requireRefused("free", segment.address() + 1, () -> free.accept(segment.asSlice(1)));
    }

    @Override
    public void end() {
        contents.release(subject.shadow);
        free.accept(segment);
        subject.noteLive(-1);
    }
}
