package dev.ashlar.tool.mappings;

import dev.ashlar.memory.Backing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A publish method on a backing.
 *
 * @param id its unique name, such as {@code alias-hugetlb}
 * @param kind the publish method
 * @param backing where the memory comes from
 * @param functionsPerPublication functions that become executable in one step; 1 for one by one
 * @param openCount publications that are open at once, each on its own thread; 0 for one by one on the main thread
 */
public record Cell(
        String id, Kind kind, Backing backing, int functionsPerPublication, int openCount, Contents contents) {

    /** Functions that a generator publishing in batches has ready at once. */
    private static final int BATCH_FUNCTION_COUNT = 50;

    /** On hugetlb a batch takes whole regions, so a small batch would waste memory. */
    private static final int WHOLE_REGION_PART = 8;

    /** Makes enough batches to have eight open at once several times, even with few functions. */
    private static final int BATCH_PART = 32;

    /** What a function consists of. */
    public enum Contents {
        /** Code alone. */
        CODE,
        /** Code, constants and variables, each in memory of its domain. */
        UNITS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How functions become executable. */
    public enum Kind {
        /** Memory is mapped twice, read+execute and read+write. */
        ALIAS("alias"),
        /** Memory is mapped once, read+execute, and written through the process's memory file. */
        POKE("poke"),
        /** Memory is mapped once, read+write until it is published. */
        IN_PLACE("in-place"),
        /** Each function has its own mapping. */
        MAPPING("mapping-per-function"),
        /** Pages inside shared huge regions are flipped to read+write and back. */
        FLIPS("flips");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** {@return the name in results} */
        @Override
        public String toString() {
            return label;
        }
    }

    /** {@return whether functions are published in batches} */
    public boolean isBatched() {
        return openCount > 0;
    }

    /** {@return all cells of a run over some functions} */
    static List<Cell> all(int functionCount) {
        int batchSize = Math.clamp(functionCount / BATCH_PART, 1, BATCH_FUNCTION_COUNT);
        List<Cell> cells = new ArrayList<>();
        List.of(Backing.HUGETLB, Backing.SHMEM_THP, Backing.SMALL).forEach(on -> cells.add(single(Kind.ALIAS, on)));
        List.of(Backing.ANON_THP, Backing.SMALL).forEach(on -> cells.add(single(Kind.POKE, on)));
        List.of(Backing.ANON_THP, Backing.SMALL).forEach(on -> cells.add(single(Kind.IN_PLACE, on)));
        for (Backing on : List.of(Backing.ANON_THP, Backing.SMALL, Backing.HUGETLB)) {
            for (int openCount : List.of(1, 2, 8)) {
                cells.add(new Cell("%s-%s-%d-open".formatted(Kind.IN_PLACE, on.label(), openCount), Kind.IN_PLACE, on,
                        on == Backing.HUGETLB ? functionCount / WHOLE_REGION_PART : batchSize, openCount,
                        Contents.CODE));
            }
        }
        cells.add(new Cell("in-place-anon-thp-units", Kind.IN_PLACE, Backing.ANON_THP, batchSize, 1, Contents.UNITS));
        cells.add(new Cell(Kind.MAPPING.label, Kind.MAPPING, Backing.SMALL, 1, 0, Contents.CODE));
        cells.add(new Cell(Kind.FLIPS.label, Kind.FLIPS, Backing.ANON_THP, 1, 0, Contents.CODE));
        return List.copyOf(cells);
    }

    private static Cell single(Kind kind, Backing backing) {
        return new Cell(kind + "-" + backing.label(), kind, backing, 1, 0, Contents.CODE);
    }
}
