package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.SplittableRandom;

/** Random slots against an array of holders. */
class SlabModelTest {
    private Slab slab;
    private Holder[] model;
    private int cursor;
    private int liveCount;

    @Seeded
    void randomStepsAgreeWithAnArrayOfSlots(long seed) {
        for (int sizeClass = 0; sizeClass <= SizeClasses.indexOf(1024); sizeClass++) {
            slab = Stores.slab(sizeClass, sizeClass);
            slab.open(0, Slab.pageCountFor(sizeClass));
            model = new Holder[slab.slotCount()];
            cursor = 0;
            liveCount = 0;
            Seeds.run(seed, 2_000, this::step);
        }
    }

    private void step(SplittableRandom random) {
        int slot = random.nextInt(model.length);
        if (model[slot] != null && random.nextInt(model.length) < liveCount) {
            slab.free(slot);
            model[slot] = null;
            liveCount--;
        } else if (!slab.isFull()) {
            Holder holder = random.nextBoolean() ? Holder.ADDRESS : Holder.OBJECT;
            int expected = nextInRotation();
            assertThat(slab.allocate(holder)).isEqualTo(expected);
            model[expected] = holder;
            liveCount++;
        }
        compare();
    }

    private int nextInRotation() {
        while (model[cursor % model.length] != null) {
            cursor++;
        }
        int slot = cursor % model.length;
        cursor = slot + 1;
        return slot;
    }

    private void compare() {
        slab.checkInvariants();
        assertThat(slab.freeCount()).isEqualTo(model.length - liveCount);
        assertThat(slab.liveBlockCount()).isEqualTo(liveCount);
        assertThat(slab.isVacant()).isEqualTo(liveCount == 0);
        assertThat(slab.isFull()).isEqualTo(liveCount == model.length);
        for (int slot = 0; slot < model.length; slot++) {
            int start = slot * slab.slotByteSize();
            int found = slab.positionOf(start + slab.slotByteSize() - 1);
            boolean agrees = model[slot] == null
                    ? found == -1 && !slab.isLive(slot)
                    : found == slot && slab.isLive(slot) && slab.startAt(slot) == start
                            && slab.usableByteSize(slot) == slab.slotByteSize()
                            && slab.holder(slot) == model[slot];
            assertThat(agrees).as("slot %d", slot).isTrue();
        }
    }
}
