package dev.ashlar.bench.designs;

import dev.ashlar.bench.designs.Load.Look;
import dev.ashlar.bench.designs.Load.Section;
import dev.ashlar.bench.replay.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Makes loads: from traces of compilers, and by random replacement. */
final class Loads {

    /** Replacements for each live block: two are enough for the holes to be as they stay; of few blocks, more. */
    private static final int CHURN = 2;

    private static final int CHURN_OF_FEW = 20;
    private static final int FEW = 1_000;

    private final String name;
    private int[] slots = new int[1 << 16];
    private int[] byteSizes = new int[slots.length];
    private final List<Look> looks = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private int count;
    private int sectionStart;

    private Loads(String name) {
        this.name = name;
    }

    /** {@return a trace as it is, looked at when most is live} */
    static Load of(Trace trace) {
        String file = String.valueOf(Path.of(trace.file()).getFileName());
        Loads load = new Loads(file.replaceFirst("\\.trace(\\.gz)?$", ""));
        long live = 0;
        long peak = -1;
        int peakEvent = 0;
        for (int index = 0; index < trace.eventCount(); index++) {
            int event = trace.event(index);
            int byteSize = trace.byteSize(event >= 0 ? event : ~event);
            load.add(event, byteSize);
            live += event >= 0 ? byteSize : -byteSize;
            if (live > peak) {
                peak = live;
                peakEvent = index + 1;
            }
        }
        load.looks.add(new Look("at the peak", peakEvent));
        load.endSection("replay");
        return load.build();
    }

    /** {@return blocks up to a number, then random ones replaced by others, then half of them freed at random} */
    static Load replacement(SizeMix mix, int liveCount, long seed) {
        Loads load = new Loads("%s, %,d live".formatted(mix.name().toLowerCase(Locale.ROOT), liveCount));
        SplittableRandom random = new SplittableRandom(seed);
        int[] held = new int[liveCount];
        for (int slot = 0; slot < liveCount; slot++) {
            held[slot] = mix.next(random);
            load.add(slot, held[slot]);
        }
        load.endSectionWithLook("growth", "grown");
        int replacements = Math.max(CHURN * liveCount, CHURN_OF_FEW * Math.min(liveCount, FEW));
        for (int replacement = 0; replacement < replacements; replacement++) {
            int slot = random.nextInt(liveCount);
            load.add(~slot, held[slot]);
            held[slot] = mix.next(random);
            load.add(slot, held[slot]);
        }
        load.endSectionWithLook("replacement", "after replacement");
        int[] order = new int[liveCount];
        for (int slot = 0; slot < liveCount; slot++) {
            int other = random.nextInt(slot + 1);
            order[slot] = order[other];
            order[other] = slot;
        }
        for (int slot : Arrays.copyOf(order, liveCount / 2)) {
            load.add(~slot, held[slot]);
        }
        load.endSectionWithLook("frees", "half freed");
        return load.build();
    }

    private void add(int slot, int byteSize) {
        if (count == slots.length) {
            slots = Arrays.copyOf(slots, 2 * count);
            byteSizes = Arrays.copyOf(byteSizes, 2 * count);
        }
        slots[count] = slot;
        byteSizes[count++] = byteSize;
    }

    private void endSection(String section) {
        sections.add(new Section(section, sectionStart, count));
        sectionStart = count;
    }

    private void endSectionWithLook(String section, String look) {
        endSection(section);
        looks.add(new Look(look, count));
    }

    private Load build() {
        return new Load(name, Arrays.copyOf(slots, count), Arrays.copyOf(byteSizes, count), looks, sections);
    }
}
