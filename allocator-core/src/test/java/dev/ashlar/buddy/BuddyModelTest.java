package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.SplittableRandom;

class BuddyModelTest {
    private final Buddy buddy = new Buddy();
    private final PageModel model = new PageModel();

    @Seeded
    void randomStepsAgreeWithAModelOfEveryPage(long seed) {
        Seeds.run(seed, 20_000, random -> {
            if (random.nextInt(100) < 55) {
                allocate(random);
            } else {
                freeAnyPart(random);
            }
            compare();
        });
    }

    private void allocate(SplittableRandom random) {
        int pageCount = random.nextInt(8) == 0 ? random.nextInt(1, 513) : random.nextInt(1, 33);
        int alignment = random.nextInt(4) == 0 ? random.nextInt(Buddy.MAX_ORDER + 1) : 0;
        int expected = model.place(pageCount, alignment);

        int firstPage = Taking.from(buddy, pageCount, alignment);

        assertThat(firstPage).as("%d pages at 2^%d", pageCount, alignment).isEqualTo(expected);
        if (firstPage >= 0) {
            model.take(firstPage, pageCount);
        }
    }

    private void freeAnyPart(SplittableRandom random) {
        int firstPage = random.nextInt(Buddy.PAGE_COUNT);
        int most = random.nextInt(1, 65);
        int pageCount = 0;
        while (pageCount < most && firstPage + pageCount < Buddy.PAGE_COUNT && model.isUsed(firstPage + pageCount)) {
            pageCount++;
        }
        buddy.free(firstPage, pageCount);
        model.free(firstPage, pageCount);
    }

    private void compare() {
        buddy.checkInvariants();
        assertThat(buddy.freePageCount()).isEqualTo(model.freePageCount());
        assertThat(buddy.longestFreeStretch()).isEqualTo(model.longestStretch());
        assertThat(buddy.leadingFree()).isEqualTo(model.leading());
        assertThat(buddy.trailingFree()).isEqualTo(model.trailing());
        assertThat(buddy.isEmpty()).isEqualTo(model.freePageCount() == Buddy.PAGE_COUNT);
        for (int order = 0; order <= Buddy.MAX_ORDER; order++) {
            assertThat(buddy.freeCount(order)).as("order %d", order).isEqualTo(model.freeCount(order));
        }
    }
}
