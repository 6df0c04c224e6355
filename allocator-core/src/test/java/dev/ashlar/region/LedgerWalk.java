package dev.ashlar.region;

import static dev.ashlar.TestHeaps.space;
import static dev.ashlar.TestHeaps.zones;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.BatchSection;
import dev.ashlar.CodeBatch;
import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeUnit;
import dev.ashlar.heap.InPlaceView;
import dev.ashlar.heap.Space;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.HeapExhaustedException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * Takes random steps of callers of a heap. After each step it compares the predictions of the ledgers with the tables
 * of the kernel: every VMA with its permissions, and for each region whether it is huge.
 */
final class LedgerWalk {
    private static final int OPEN_BATCH_COUNT_MAX = 3;
    private static final int LIVE_COUNT_MAX = 120;

    private final CodeHeap heap;
    private final Kernel kernel;
    private final Random random;
    private final List<Runnable> frees = new ArrayList<>();
    private final List<CodeBlock> unpublished = new ArrayList<>();
    private final List<CodeBatch> batches = new ArrayList<>();
    private long stepCount;

    /** The tables that the ledger is compared with. */
    interface Kernel {
        /** {@return the VMAs of a view, cut off at its ends, by address} */
        List<Ledger.Range> mappings(View view);

        /** {@return the regions of a view that are mapped by one huge entry} */
        BitSet hugeRegions(View view);
    }

    LedgerWalk(CodeHeap heap, Kernel kernel, long seed) {
        this.heap = heap;
        this.kernel = kernel;
        this.random = new Random(seed);
        zones(heap).spaces().forEach(InPlaceView::pauseHealing);
    }

    /** Takes {@code steps} steps; throws if the ledger and the kernel differ. */
    void run(int steps) {
        try {
            walk(steps);
        } finally {
            batches.forEach(CodeBatch::abandon);
            batches.clear();
        }
    }

    private void walk(int steps) {
        for (int step = 0; step < steps; step++) {
            stepCount++;
            String taken;
            try {
                taken = step();
            } catch (HeapExhaustedException full) {
                taken = "exhausted: " + full.getMessage();
                freeAll();
            }
            compare(taken);
        }
    }

    private String step() {
        if (frees.size() > LIVE_COUNT_MAX) {
            freeAll();
            return "free all";
        }
        int choice = random.nextInt(100);
        boolean inPlace = heap.writePath() == WritePath.IN_PLACE;
        boolean hugetlb = inPlace && InPlaceView.of(space(heap)).log2Granule() > Pages.LOG2_BYTE_SIZE;
        if (choice < 25 && !hugetlb) {
            CodeBlock block = heap.allocate(blockByteSize());
            unpublished.add(block);
            return "allocate " + block;
        } else if (choice < 45 && !unpublished.isEmpty()) {
            CodeBlock block = unpublished.remove(random.nextInt(unpublished.size()));
            boolean publish = random.nextInt(5) > 0;
            if (publish) {
                block.publish();
                frees.add(block::free);
            } else {
                block.free();
            }
            return (publish ? "publish " : "free unpublished ") + block;
        } else if (choice < 55 && !hugetlb) {
            UnitSizes sizes = new UnitSizes(blockByteSize(), blockByteSize(), blockByteSize());
            CodeUnit unit = heap.allocateUnit(sizes);
            zones(heap).spaces().forEach(InPlaceView::pauseHealing);
            unit.publish();
            frees.add(unit::free);
            return "unit " + sizes;
        } else if (choice < 70 && inPlace) {
            return stepOfBatch();
        } else if (choice < 92 && !frees.isEmpty()) {
            frees.remove(random.nextInt(frees.size())).run();
            return "free";
        } else if (choice < 96) {
            return "heal " + heap.heal();
        } else if (choice < 98) {
            return "trim " + heap.trim();
        }
        freeAll();
        return "free all";
    }

    private String stepOfBatch() {
        if (batches.size() < OPEN_BATCH_COUNT_MAX && random.nextBoolean()) {
            batches.add(heap.openBatch());
            return "open batch";
        }
        if (batches.isEmpty()) {
            return "nothing";
        }
        CodeBatch batch = batches.get(random.nextInt(batches.size()));
        int choice = random.nextInt(10);
        if (choice < 6) {
            Domain domain = random.nextInt(3) == 0 ? Domain.RODATA : Domain.CODE;
            BatchSection section = batch.allocate(domain, blockByteSize(), 16L << random.nextInt(10));
            zones(heap).spaces().forEach(InPlaceView::pauseHealing);
            section.writable().fill(NativeCode.TRAP);
            return "section of " + section.byteSize() + " in " + domain;
        }
        batches.remove(batch);
        if (choice == 6) {
            batch.abandon();
            return "abandon";
        }
        frees.add(batch.publish()::free);
        return "publish batch";
    }

    private long blockByteSize() {
        return switch (random.nextInt(20)) {
            case 0 -> 1 + random.nextInt(3 << 20);
            case 1, 2, 3 -> 1 + random.nextInt(200_000);
            default -> 1 + random.nextInt(12_000);
        };
    }

    private void freeAll() {
        frees.forEach(Runnable::run);
        frees.clear();
        unpublished.forEach(CodeBlock::free);
        unpublished.clear();
        batches.forEach(CodeBatch::abandon);
        batches.clear();
    }

    private void compare(String taken) {
        for (Space space : zones(heap).spaces()) {
            space.whileOpen(() -> {
                // The kernel knows of a region that is being prepared.
                space.blocks().change(runs -> runs.next().adopt());
                compare(space, taken);
                return space;
            });
        }
    }

    private void compare(Space space, String taken) {
        Ledger ledger = space.regions().ledger();
        for (View view : space.zone().views()) {
            String where = "step " + stepCount + ", " + taken + ": " + space.zone().domain() + " " + view.access();
            assertThat(kernel.mappings(view)).as(where).isEqualTo(ledger.predict(view));
            BitSet huge = kernel.hugeRegions(view);
            for (int region = 0; region < space.regions().regionCount(); region++) {
                // The kernel may have made a region huge again if all its pages have the same permission.
                boolean mayBeEither = ledger.isSplit(region) && space.regions().permissions().canHeal(region);
                assertThat(mayBeEither || huge.get(region) == ledger.isHuge(region))
                        .as(where + ": region " + region + " huge=" + huge.get(region) + ", predicted="
                                + ledger.isHuge(region))
                        .isTrue();
            }
        }
    }
}
