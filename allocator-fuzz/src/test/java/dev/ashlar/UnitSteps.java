package dev.ashlar;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.BlockStateException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Random steps with units and batches. */
final class UnitSteps {
    private final Script script;
    private final CodeHeap heap;
    private final List<HeldUnit> units = new ArrayList<>();
    private final List<HeldBatch> batches = new ArrayList<>();
    private int nextMark;

    private static final class HeldUnit {
        final CodeUnit unit;
        final Map<UnitPart, Contents> parts = new LinkedHashMap<>();
        boolean isPublished;
        boolean isFreed;

        HeldUnit(CodeUnit unit) {
            this.unit = unit;
        }
    }

    private static final class HeldBatch {
        final CodeBatch batch;
        final Map<BatchSection, Contents> sections = new LinkedHashMap<>();
        @Nullable PublishedBatch published;
        boolean isEnded;

        HeldBatch(CodeBatch batch) {
            this.batch = batch;
        }
    }

    UnitSteps(Script script, CodeHeap heap) {
        this.script = script;
        this.heap = heap;
    }

    void step() {
        switch (script.below(4)) {
            case 0 -> allocate();
            case 1 -> {
                if (!units.isEmpty()) {
                    use(script.oneOf(units));
                }
            }
            case 2 -> open();
            default -> {
                if (!batches.isEmpty()) {
                    use(script.oneOf(batches));
                }
            }
        }
    }

    private void allocate() {
        long code = script.size();
        long constants = script.isChosen() ? script.size() : 0;
        long data = script.isChosen() ? script.size() : 0;
        long byteAlignment = script.isChosen() ? script.alignment() : 16;
        CodeUnit[] result = new CodeUnit[1];
        RuntimeException refusal = Check.refusal(script,
                () -> result[0] = heap.allocateUnit(new UnitSizes(code, constants, data, byteAlignment)));
        if (refusal == null) {
            HeldUnit held = new HeldUnit(result[0]);
            add(held, Optional.of(held.unit.code()), code, byteAlignment);
            add(held, held.unit.constants(), constants, byteAlignment);
            add(held, held.unit.data(), data, byteAlignment);
            units.add(held);
            check(held);
        }
    }

    private static void add(HeldUnit held, Optional<UnitPart> part, long byteSize, long byteAlignment) {
        Check.require(part.isPresent() == byteSize > 0, "a part of " + byteSize + " bytes");
        part.ifPresent(found -> {
            Check.require(found.address() % byteAlignment == 0, "not aligned to " + byteAlignment);
            held.parts.put(found,
                    Contents.filledWith(found.domain() == Domain.CODE ? Contents.TRAP : 0, byteSize));
        });
    }

    private void use(HeldUnit held) {
        switch (script.below(4)) {
            case 0 -> held.parts.replaceAll((part, contents) -> write(held, part, contents));
            case 1 -> {
                RuntimeException refusal = Check.refusal(script, held.unit::publish);
                Check.require((refusal == null) == (!held.isPublished && !held.isFreed), "publish(): " + refusal);
                held.isPublished |= refusal == null;
            }
            case 2 -> {
                RuntimeException refusal = Check.refusal(script, held.unit::free);
                Check.require((refusal == null) == !held.isFreed, "free(): " + refusal);
                held.isFreed = true;
            }
            default -> {}
        }
        check(held);
    }

    private Contents write(HeldUnit held, UnitPart part, Contents before) {
        if (held.isFreed || held.isPublished && part.domain() != Domain.DATA) {
            Check.refuses(BlockStateException.class, part::writable);
            return before;
        }
        Contents contents = Contents.marked(nextMark++, part.byteSize());
        contents.writeTo(part.writable());
        return contents;
    }

    private static void check(HeldUnit held) {
        held.parts.forEach((part, contents) -> {
            if (held.isFreed) {
                Check.refuses(BlockStateException.class, part::segment);
            } else {
                contents.requireIn(held.isPublished ? part.segment() : part.writable());
            }
        });
        Check.require(held.unit.isPublished() == (held.isPublished && !held.isFreed), "isPublished()");
    }

    private void open() {
        RuntimeException refusal = Check.refusal(() -> batches.add(new HeldBatch(heap.openBatch())));
        Check.require(refusal == null, "openBatch(): " + refusal);
    }

    private void use(HeldBatch held) {
        switch (script.below(9)) {
            case 0, 1, 2 -> allocate(held);
            case 3, 4 -> publish(held);
            case 8 -> handOver(held);
            case 5 -> {
                RuntimeException refusal = Check.refusal(held.batch::abandon);
                Check.require((refusal == null) == !held.isEnded, "abandon(): " + refusal);
                held.isEnded = true;
            }
            case 6 -> free(held);
            default -> segment(held);
        }
        check(held);
    }

    private void allocate(HeldBatch held) {
        Domain domain = script.oneOf(List.of(Domain.values()));
        long byteSize = script.size();
        long byteAlignment = script.alignment();
        BatchSection[] result = new BatchSection[1];
        RuntimeException refusal =
                Check.refusal(() -> result[0] = held.batch.allocate(domain, byteSize, byteAlignment));
        if (refusal == null) {
            Check.require(!held.isEnded && byteSize >= 1 && Check.isAlignment(byteAlignment), "wrong arguments");
            Check.require(result[0].address() % byteAlignment == 0, "not aligned to " + byteAlignment);
            Contents.filledWith(domain == Domain.CODE ? Contents.TRAP : 0, byteSize).requireIn(result[0].writable());
            Contents contents = Contents.marked(nextMark++, byteSize);
            contents.writeTo(result[0].writable());
            held.sections.put(result[0], contents);
        }
        // After a hand-over, a refused call does not make this thread the user.
        if (refusal == null || held.isEnded) {
            Check.refuses(held.isEnded ? BlockStateException.class : WrongThreadException.class,
                    () -> Check.inOtherThread(() -> held.batch.allocate(Domain.DATA, 1, 1)));
        }
    }

    /** Another thread uses the batch and hands it back. */
    private void handOver(HeldBatch held) {
        RuntimeException refusal = Check.refusal(held.batch::handOver);
        Check.require((refusal == null) == !held.isEnded, "handOver(): " + refusal);
        if (refusal == null) {
            Check.inOtherThread(() -> {
                check(held);
                held.batch.handOver();
            });
        }
    }

    private void publish(HeldBatch held) {
        RuntimeException refusal = Check.refusal(() -> held.published = held.batch.publish());
        Check.require((refusal == null) == !held.isEnded, "publish(): " + refusal);
        held.isEnded = true;
    }

    private void free(HeldBatch held) {
        PublishedBatch published = held.published;
        if (published != null) {
            Check.require(Check.refusal(script, published::free) == null, "free() failed");
            held.sections.clear();
            held.published = null;
            Check.refuses(BlockStateException.class, published::byteSize);
            Check.refuses(BlockStateException.class, () -> published.segment(0, 0));
        }
    }

    /** Asks for any segment. */
    private void segment(HeldBatch held) {
        PublishedBatch published = held.published;
        if (published != null) {
            long near = held.sections.isEmpty() ? 0 : held.sections.keySet().iterator().next().address();
            long address = near + script.number();
            long byteSize = script.number() & Long.MAX_VALUE;
            RuntimeException refusal = Check.refusal(() -> {
                MemorySegment found = published.segment(address, byteSize);
                Check.require(found.address() == address && found.byteSize() == byteSize, "another segment");
            });
            Check.require(refusal == null || refusal.getClass() == IllegalArgumentException.class, "segment()");
        }
    }

    private static void check(HeldBatch held) {
        PublishedBatch published = held.published;
        if (!held.isEnded) {
            held.sections.forEach((section, contents) -> contents.requireIn(section.writable()));
        } else if (published != null) {
            held.sections.forEach((section, contents) -> contents
                    .requireIn(published.segment(section.address(), section.byteSize())));
        }
    }

    /** Checks everything, and frees it. */
    void end() {
        for (HeldUnit held : units) {
            check(held);
            if (!held.isFreed) {
                held.unit.free();
            }
        }
        for (HeldBatch held : batches) {
            check(held);
            held.batch.close();
            free(held);
        }
    }
}
