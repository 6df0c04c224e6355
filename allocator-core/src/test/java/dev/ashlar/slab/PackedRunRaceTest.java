package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The size and the start of a live block, read by a thread that does not own the run while the owner works around it.
 */
class PackedRunRaceTest {
    private static final int STEPS = Integer.getInteger("ashlar.steps", 2_000_000);

    private final PackedRun run = PackedRun.open(Stores.space(1, Eraser.NONE));
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong read = new AtomicLong();

    @ParameterizedTest
    @EnumSource
    void neighboursNeverLookLikePartOfABlock(Holder holder) throws InterruptedException {
        run.take(3, 5, holder);
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!ended.get()) {
                boolean right = run.granuleCountOf(3) == 5
                        && run.startOf(7) == 3
                        && run.isLive(3)
                        && run.holder(3) == holder;
                wrong.addAndGet(right ? 0 : 1);
                read.incrementAndGet();
            }
        });
        for (int step = 0; step < STEPS; step++) {
            int count = PackedRuns.LEAST_GRANULE_COUNT + step % 3;
            run.take(8, count, Holder.OBJECT);
            run.take(0, 3, Holder.OBJECT);
            run.free(8);
            run.free(0);
        }
        ended.set(true);
        reader.join();
        assertThat(read.get()).isPositive();
        assertThat(wrong.get()).as("wrong answers in %d reads", read.get()).isZero();
    }
}
