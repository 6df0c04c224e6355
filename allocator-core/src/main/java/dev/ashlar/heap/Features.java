package dev.ashlar.heap;

import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Feature;
import dev.ashlar.memory.WritePath;
import java.util.EnumSet;
import java.util.Set;

/** What a code heap serves. */
public final class Features {
    private Features() {}

    /** {@return the features of a heap for code} */
    public static Set<Feature> of(Zones zones) {
        Set<Feature> served = EnumSet.noneOf(Feature.class);
        boolean servesBlocks = !(zones.first().publishing() instanceof InPlace inPlace) || inPlace.servesBlocks();
        add(served, Feature.BLOCKS, servesBlocks);
        add(served, Feature.WRITE_IN_PLACE, zones.path() == WritePath.IN_PLACE);
        add(served, Feature.WRITABLE_ADDRESS, servesBlocks && zones.path() != WritePath.POKE);
        add(served, Feature.PATCH, zones.patcher().isServed());
        add(served, Feature.TRAMPOLINES, servesBlocks && zones.hasRoomFor(Domain.DATA));
        return served;
    }

    private static void add(Set<Feature> served, Feature feature, boolean isServed) {
        if (isServed) {
            served.add(feature);
        }
    }
}
