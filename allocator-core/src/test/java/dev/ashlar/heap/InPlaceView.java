package dev.ashlar.heap;

import dev.ashlar.memory.Temperature;
import dev.ashlar.slab.Holder;

/** Gives tests access to a space that is published in place. */
public final class InPlaceView {
    private final InPlace inPlace;

    private InPlaceView(InPlace inPlace) {
        this.inPlace = inPlace;
    }

    public static InPlaceView of(Space space) {
        return new InPlaceView((InPlace) space.publishing());
    }

    /** Heals on request only from now on. */
    public static void pauseHealing(Space space) {
        space.publishing().healing.pause();
    }

    /** {@return how many regions are huge again} */
    public static int heal(Space space) {
        return space.heal();
    }

    public int log2Granule() {
        return inPlace.log2Granule();
    }

    public long take(long byteSize, int log2Alignment) {
        return inPlace.take(byteSize, log2Alignment, Temperature.HOT, Holder.OBJECT);
    }

    public long takeStretch(long byteSize, int log2Alignment) {
        return inPlace.takeStretch(byteSize, log2Alignment);
    }
}
