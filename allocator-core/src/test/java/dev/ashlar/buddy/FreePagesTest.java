package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The bits of one region and the lengths kept with them. */
class FreePagesTest {
    private final FreePages pages = new FreePages();
    private final PageModel model = new PageModel();

    @Test
    void everyRangeCanBeTakenAndFreedAndIsMeasuredRight() {
        for (int first = 0; first < 512; first++) {
            for (int end = first + 1; end <= 512; end++) {
                pages.take(first, end - first);
                assertThat(pages.longest()).as("%d to %d", first, end).isEqualTo(Math.max(first, 512 - end));
                assertThat(pages.leading()).isEqualTo(first);
                assertThat(pages.trailing()).isEqualTo(512 - end);
                assertThat(pages.isAllTaken(first, end - first)).isTrue();
                pages.free(first, end - first);
                assertThat(pages.longest()).isEqualTo(512);
            }
        }
        pages.checkInvariants();
    }

    @Test
    void aStretchAcrossWordsIsMeasuredAsOne() {
        pages.take(0, 512);
        pages.free(60, 200);
        pages.free(300, 100);
        pages.take(60, 1);
        assertThat(pages.longest()).isEqualTo(199);
        pages.take(100, 160);
        assertThat(pages.longest()).isEqualTo(100);
        pages.checkInvariants();
    }

    @Seeded
    void scatteredPagesAreMeasuredAsIfCountedOneByOne(long seed) {
        Seeds.run(seed, 20_000, random -> {
            // Dense and sparse phases alternate, so that both long and short stretches occur.
            boolean take = random.nextInt(100) < (model.freePageCount() > random.nextInt(512) ? 70 : 30);
            flipOneStretch(random, take);
            pages.checkInvariants();
            assertThat(pages.count()).isEqualTo(model.freePageCount());
            assertThat(pages.longest()).isEqualTo(model.longestStretch());
            assertThat(pages.leading()).isEqualTo(model.leading());
            assertThat(pages.trailing()).isEqualTo(model.trailing());
            int wanted = random.nextInt(1, 513);
            int alignment = random.nextInt(10);
            assertThat(pages.bestFit(wanted, alignment)).isEqualTo(model.bestFit(wanted, alignment));
        });
    }

    private void flipOneStretch(SplittableRandom random, boolean take) {
        int first = random.nextInt(512);
        int most = random.nextInt(8) == 0 ? random.nextInt(1, 300) : random.nextInt(1, 12);
        int end = first;
        while (end < Math.min(512, first + most) && model.isUsed(end) != take) {
            end++;
        }
        if (end == first) {
            return;
        }
        if (take) {
            pages.take(first, end - first);
            model.take(first, end - first);
        } else {
            pages.free(first, end - first);
            model.free(first, end - first);
        }
    }
}
