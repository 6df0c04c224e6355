package dev.ashlar.tool.soak;

import dev.ashlar.BatchSection;
import dev.ashlar.CodeBatch;
import dev.ashlar.CodeHeap;
import dev.ashlar.PublishedBatch;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapExhaustedException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A code heap whose code is published in batches. */
final class BatchSubject extends Subject {
    private static final int MOST_SECTIONS = 16;

    private final CodeHeap heap;

    BatchSubject(String name, WritePath path, Shadow shadow, int target) {
        super(shadow, target);
        heap = CodeHeap.builder().name(name).writePath(path).memory(MemoryDemand.THP).build();
    }

    @Override
    CodeHeap heap() {
        return heap;
    }

    /** On IN_PLACE, published pages are withheld until their region is empty. */
    @Override
    boolean canBeFull() {
        return heap.writePath() == WritePath.IN_PLACE;
    }

    @Override
    OptionalLong expectedBlockCount(boolean isDrained) {
        // A batch takes as many stretches of pages as it needs.
        return isDrained ? OptionalLong.of(0) : OptionalLong.empty();
    }

    @Override
    @Nullable Held take(Draw draw) {
        List<Marked> sections = new ArrayList<>();
        try (CodeBatch batch = heap.openBatch()) {
            try {
                for (int more = 1 + draw.below(MOST_SECTIONS); more > 0; more--) {
                    sections.add(section(batch, draw));
                    if (draw.oneIn(4)) {
                        batch.handOver();
                    }
                }
            } catch (HeapExhaustedException full) {
                giveUp(sections);
                throw full;
            }
            if (draw.oneIn(8)) {
                giveUp(sections);
                return null;
            }
            return new BatchHeld(batch.publish(), sections);
        }
    }

    private void giveUp(List<Marked> sections) {
        sections.forEach(section -> shadow.release(section.address(), section.byteSize()));
    }

    private Marked section(CodeBatch batch, Draw draw) {
        int byteSize = draw.byteSize();
        int stamp = draw.stamp();
        Domain domain = draw.oneIn(3) ? draw.oneIn(2) ? Domain.DATA : Domain.RODATA : Domain.CODE;
        BatchSection section = batch.allocate(domain, byteSize, draw.byteAlignment());
        if (domain != Domain.CODE) {
            return Marked.constants(shadow, section.address(), section.writable(), stamp);
        }
        MemorySegment.copy(draw.code(byteSize, stamp), 0, section.writable(), 0, byteSize);
        return Marked.code(shadow, section.address(), byteSize, stamp);
    }

    private final class BatchHeld implements Held {
        private final PublishedBatch batch;
        private final List<Marked> sections;

        BatchHeld(PublishedBatch batch, List<Marked> sections) {
            this.batch = batch;
            this.sections = sections;
        }

        @Override
        public void check() {
            sections.forEach(Marked::check);
        }

        @Override
        public void end() {
            sections.forEach(section -> section.release(shadow));
            batch.free();
        }
    }
}
