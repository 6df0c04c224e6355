package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Feature;
import dev.ashlar.memory.WritePath;

/** What a code heap serves. */
public final class Features {
    private Features() {}

    /** {@return whether a heap for code serves a feature} */
    public static boolean serves(Zones zones, Feature feature) {
        boolean servesBlocks = !(zones.first().publishing() instanceof InPlace inPlace) || inPlace.servesBlocks();
        return switch (feature) {
            case BLOCKS -> servesBlocks;
            case WRITE_IN_PLACE -> zones.path() == WritePath.IN_PLACE;
            case WRITABLE_ADDRESS -> servesBlocks && zones.path() != WritePath.POKE;
            case PATCH -> zones.patcher().isServed();
            case TRAMPOLINES -> servesBlocks && zones.hasRoomFor(Domain.DATA);
        };
    }
}
