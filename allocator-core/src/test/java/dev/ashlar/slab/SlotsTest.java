package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.memory.Temperature;
import dev.ashlar.region.Pages;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The slots of slabs of every class, with few pages and with many. */
class SlotsTest {
    private final RunSpace space = Stores.space(4, Eraser.NONE);
    private final Lines lines = space.lines;
    private final Slots slots = new Slots(lines);
    private final RemoteFrees remote = new RemoteFrees(lines);
    private int slab;

    static IntStream everyClass() {
        return IntStream.range(0, SizeClasses.SLOT_CLASS_COUNT);
    }

    static Stream<Arguments> everyClassAndSize() {
        return everyClass().boxed().flatMap(
                sizeClass -> Stream.of(true, false).map(isLarge -> Arguments.of(sizeClass, isLarge)));
    }

    /** A slab that is not the first of its region. */
    private void open(int sizeClass, boolean isLarge) {
        for (int count = isLarge ? 16 : 1; count >= 0; count--) {
            slab = space.openSlab(sizeClass, 1, Temperature.HOT);
        }
        assertThat(slab).isPositive();
    }

    private Holder holderOf(Place place) {
        return BlockBits.holder(first(), place.words, place.position);
    }

    private long first() {
        return lines.first(slab);
    }

    private int slotCount() {
        return RunWord.placeCount(RunWord.cut(first()), RunWord.pageCount(first()));
    }

    private int slotByteSize() {
        return RunWord.placeByteSize(first());
    }

    private int take(Holder holder) {
        long inRun = slots.take(slab, remote, holder, Stores.takingOneSlot()) - Pages.offsetOf(slab);
        assertThat(inRun % slotByteSize()).isZero();
        return (int) inRun / slotByteSize();
    }

    private void fill() {
        for (int slot = 0; slot < slotCount(); slot++) {
            assertThat(take(slot % 3 == 0 ? Holder.OBJECT : Holder.ADDRESS)).isEqualTo(slot);
        }
        assertThat(RunWord.freeCount(first())).isZero();
    }

    /** The words with the bits of a slot, and its position there. */
    private static final class Place {
        final long[] words;
        final int position;

        Place(long[] words, int position) {
            this.words = words;
            this.position = position;
        }

        boolean isLive() {
            return BlockBits.isLive(words, position);
        }

        void park() {
            words[BlockBits.parkedWordOf(position)] |= 1L << position;
        }
    }

    private Place place(int slot) {
        long offset = Pages.offsetOf(slab) + (long) slot * slotByteSize();
        long[] region = lines.atOffset(offset);
        int line = Lines.lineAt(offset);
        long run = region[line + Lines.RUN];
        return new Place(lines.array(region, line, run), Lines.position(region, line, run, offset));
    }

    private void free(int slot) {
        slots.free(slab, place(slot).words, place(slot).position);
    }

    @ParameterizedTest
    @MethodSource("everyClass")
    void aSlabHoldsManySlotsAndWastesLittle(int sizeClass) {
        for (int pageCount : new int[] {Slots.pageCountFor(sizeClass), Slots.largePageCountFor(sizeClass)}) {
            int bytes = pageCount * 4096;
            int slotCount = RunWord.placeCount(sizeClass + 1, pageCount);
            assertThat(pageCount).isBetween(1, 16);
            assertThat(slotCount).isGreaterThanOrEqualTo(8);
            assertThat(bytes - slotCount * SizeClasses.byteSize(sizeClass))
                    .isLessThanOrEqualTo(pageCount == 16 ? SizeClasses.byteSize(sizeClass) - 1 : bytes / 32);
        }
    }

    @ParameterizedTest
    @MethodSource("everyClassAndSize")
    void everySlotIsTakenOnceAndKeepsItsHolder(int sizeClass, boolean isLarge) {
        open(sizeClass, isLarge);
        fill();
        slots.check(slab);
        for (int slot = 0; slot < slotCount(); slot++) {
            Holder expected = slot % 3 == 0 ? Holder.OBJECT : Holder.ADDRESS;
            assertThat(holderOf(place(slot))).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("everyClassAndSize")
    void everyByteLeadsToItsSlot(int sizeClass, boolean isLarge) {
        open(sizeClass, isLarge);
        for (int inRun = 0; inRun < slotCount() * slotByteSize(); inRun++) {
            long offset = Pages.offsetOf(slab) + inRun;
            int inSlot = RunWord.inPlace(lines.runAt(offset), offset);
            if (inSlot != inRun % slotByteSize()) {
                assertThat(inSlot).as("byte %d", inRun).isEqualTo(inRun % slotByteSize());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyClassAndSize")
    void theOnlyFreeSlotIsFoundAtEveryPosition(int sizeClass, boolean isLarge) {
        open(sizeClass, isLarge);
        fill();
        for (int slot = 0; slot < slotCount(); slot++) {
            free(slot);
            assertThat(take(Holder.ADDRESS)).isEqualTo(slot);
        }
        for (int slot = slotCount() - 1; slot >= 0; slot--) {
            free(slot);
            assertThat(take(Holder.ADDRESS)).isEqualTo(slot);
        }
        slots.check(slab);
    }

    @ParameterizedTest
    @MethodSource("everyClassAndSize")
    void theSlotFreedLastIsUsedAgainAfterAllOtherFreeSlots(int sizeClass, boolean isLarge) {
        open(sizeClass, isLarge);
        int first = take(Holder.ADDRESS);
        free(first);
        for (int count = 1; count < slotCount(); count++) {
            int slot = take(Holder.ADDRESS);
            assertThat(slot).as("allocation %d after the free", count).isNotEqualTo(first);
            free(slot);
        }
        assertThat(take(Holder.ADDRESS)).isEqualTo(first);
    }

    @ParameterizedTest
    @MethodSource("everyClassAndSize")
    void aParkedSlotIsNeitherLiveNorFree(int sizeClass, boolean isLarge) {
        open(sizeClass, isLarge);
        fill();
        for (int slot = 0; slot < slotCount(); slot++) {
            place(slot).park();
            assertThat(place(slot).isLive()).isFalse();
            assertThat(slot == 0 || place(slot - 1).isLive()).isTrue();
            assertThat(RunWord.freeCount(first())).isZero();
            slots.check(slab);
            free(slot);
            assertThat(take(Holder.OBJECT)).isEqualTo(slot);
            assertThat(place(slot).isLive()).as("not parked in its next life").isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("everyClassAndSize")
    void aMarkOfAFreeThatLostIsDroppedWhenItsSlotIsTaken(int sizeClass, boolean isLarge) {
        open(sizeClass, isLarge);
        fill();
        for (int slot : new int[] {0, 1, slotCount() / 2, slotCount() - 1}) {
            Place place = place(slot);
            free(slot);
            assertThat(RemoteMarks.set(place.words, place.position, RemoteMarks.read(place.words, place.position)))
                    .isTrue();
            assertThat(take(Holder.ADDRESS)).isEqualTo(slot);
            assertThat(RemoteMarks.isSet(place.words, place.position)).isFalse();
        }
        assertThat(remote.lateLoserCount()).isEqualTo(4);
    }

    @Seeded
    void randomStepsAgreeWithAnArrayOfSlots(long seed) {
        everyClassAndSize().forEach(row -> {
            open((int) row.get()[0], (boolean) row.get()[1]);
            @Nullable Holder[] model = new Holder[slotCount()];
            int[] cursor = {0};
            Seeds.run(seed, 1_000, random -> step(model, cursor, random));
        });
    }

    private void step(@Nullable Holder[] model, int[] cursor, SplittableRandom random) {
        int slot = random.nextInt(model.length);
        int liveCount = model.length - RunWord.freeCount(first());
        if (model[slot] != null && random.nextInt(model.length) < liveCount) {
            free(slot);
            model[slot] = null;
        } else if (liveCount < model.length) {
            Holder holder = random.nextBoolean() ? Holder.ADDRESS : Holder.OBJECT;
            while (model[cursor[0] % model.length] != null) {
                cursor[0]++;
            }
            int expected = cursor[0]++ % model.length;
            assertThat(take(holder)).isEqualTo(expected);
            model[expected] = holder;
        } else {
            // Counts are rebuilt from the bits, and parked slots become free.
            place(slot).park();
            model[slot] = null;
            lines.setFirst(slab, RunWord.withFreeCount(first(), 77));
            slots.rebuild(slab, space);
        }
        slots.check(slab);
        for (int index = 0; index < model.length; index++) {
            Place place = place(index);
            if (place.isLive() != (model[index] != null)
                    || (model[index] != null && holderOf(place) != model[index])) {
                assertThat(model[index]).as("slot %d", index).isNull();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyClassAndSize")
    void wrongBitsAndCountsAreFound(int sizeClass, boolean isLarge) {
        open(sizeClass, isLarge);
        int taken = slotCount() / 2;
        for (int slot = 0; slot < taken; slot++) {
            take(Holder.OBJECT);
        }
        for (int slot = 0; slot < slotCount(); slot++) {
            Place place = place(slot);
            int word = BlockBits.lineOf(place.position);
            place.words[word] ^= BlockBits.bit(place.position);
            isFound();
            place.words[word] ^= BlockBits.bit(place.position);
            if (slot >= taken) {
                place.park();
                isFound();
                BlockBits.clearParked(place.words, place.position);
            }
        }
        slots.check(slab);
        lines.setFirst(slab, first() + RunWord.ONE_FREE);
        isFound();
    }

    private void isFound() {
        assertThatThrownBy(() -> slots.check(slab)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slab at page " + slab);
    }

    @Test
    void aSlabOfAClassWithManyHasMorePages() {
        open(0, false);
        assertThat(RunWord.pageCount(first())).isEqualTo(1);
        open(0, true);
        assertThat(RunWord.pageCount(first())).isEqualTo(4);
    }
}
