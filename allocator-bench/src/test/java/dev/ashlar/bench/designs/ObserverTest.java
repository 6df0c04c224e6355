package dev.ashlar.bench.designs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.bench.designs.DesignsResult.Memory;
import dev.ashlar.bench.designs.DesignsResult.Sight;
import dev.ashlar.bench.designs.Load.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: what is counted is what a person counts on paper. */
final class ObserverTest {

    private static final Ground GROUND = Ground.of(dev.ashlar.memory.Memory.SMALL);
    private static final int REGION = PlacementDesign.REGION_BYTE_SIZE;

    /** 100 bytes, 5000 bytes, 100 bytes; then the one in the middle goes. */
    private static final Load HOLE = load(new int[] {0, 1, 2, ~1}, new int[] {100, 5000, 100, 5000}, 4);

    @Test
    void aMappingPerBlockTakesPagesMappingsAndAPermissionChangeEach() {
        Memory memory = Observer.observe(Design.MAPPING_PER_BLOCK, HOLE, GROUND);

        assertThat(memory.permissionChanges()).isEqualTo(3);
        assertThat(memory.peakCommittedBytes()).isEqualTo(4 * 4096);
        assertThat(memory.extentBytes()).isEqualTo(3 * 4096 + 100);
        Sight sight = memory.sights().getFirst();
        assertThat(sight.liveBytes()).isEqualTo(200);
        assertThat(sight.heldBytes()).isEqualTo(2 * 4096);
        assertThat(sight.committedBytes()).isEqualTo(2 * 4096);
        assertThat(sight.vmas()).isEqualTo(2);
        assertThat(sight.regions()).isEqualTo(1);
        assertThat(sight.largestFitBytes()).as("nothing fits into what is mapped").isZero();
        assertThat(sight.metadataBytes()).isEqualTo(2 * 192);
    }

    @Test
    void aRangeTreeTakesARegionAndKeepsTheHole() {
        Memory memory = Observer.observe(Design.RANGE_TREE, HOLE, GROUND);

        assertThat(memory.permissionChanges()).isEqualTo(1);
        assertThat(memory.peakCommittedBytes()).isEqualTo(REGION);
        // 2 granules, 79, 2: the third begins in the second page.
        assertThat(memory.extentBytes()).isEqualTo(81 * 64 + 100);
        Sight sight = memory.sights().getFirst();
        assertThat(sight.heldBytes()).isEqualTo(2 * 4096);
        assertThat(sight.committedBytes()).isEqualTo(REGION);
        assertThat(sight.vmas()).isEqualTo(1);
        assertThat(sight.largestFitBytes()).isEqualTo(510 * 4096);
        assertThat(sight.metadataBytes()).as("two free ranges").isEqualTo(2 * 29);
    }

    @Test
    void aBuddyBlockIsAPowerOfTwo() {
        Sight sight = Observer.observe(Design.BUDDY_FROM_GRANULES, HOLE, GROUND).sights().getFirst();

        // 128 bytes at 0; 8 KiB at 8 KiB, gone again; 128 bytes at 128.
        assertThat(sight.heldBytes()).isEqualTo(4096);
        assertThat(sight.largestFitBytes()).isEqualTo(REGION / 2);
    }

    @Test
    void pagesAreNotSharedByGroupedPages() {
        Sight sight = Observer.observe(Design.GROUPED_PAGES, HOLE, GROUND).sights().getFirst();

        assertThat(sight.heldBytes()).isEqualTo(2 * 4096);
        assertThat(sight.largestFitBytes()).isEqualTo(508 * 4096);
    }

    @ParameterizedTest
    @EnumSource(Design.class)
    void aLookDoesNotChangeWhatTheNextOneSees(Design design) {
        Load once = load(HOLE, new Look("end", 4));
        Load twice = load(HOLE, new Look("middle", 3), new Look("end", 4));

        Memory seenOnce = Observer.observe(design, once, GROUND);
        Memory seenTwice = Observer.observe(design, twice, GROUND);

        assertThat(seenTwice.sights().getLast()).isEqualTo(seenOnce.sights().getLast());
        assertThat(seenTwice.peakCommittedBytes()).isEqualTo(seenOnce.peakCommittedBytes());
    }

    @ParameterizedTest
    @EnumSource(Design.class)
    void everythingComesOutTheSameASecondTime(Design design) {
        Load load = Loads.replacement(SizeMix.MIXED, 500, 3);

        assertThat(Observer.observe(design, load, GROUND)).isEqualTo(Observer.observe(design, load, GROUND));
    }

    @Test
    void memoryOfTheLast64FreedBlocksCountsAsWrittenAgainSoon() {
        assertThat(rewrittenAfter(64)).isEqualTo(1.0);
        assertThat(rewrittenAfter(65)).isZero();
    }

    /** 100 blocks; the lowest is freed first, then others, and the next block goes where the lowest was. */
    private static double rewrittenAfter(int freeCount) {
        List<Integer> events = new ArrayList<>(IntStream.range(0, 100).boxed().toList());
        IntStream.range(0, freeCount).forEach(slot -> events.add(~slot));
        events.add(0);
        int[] slots = events.stream().mapToInt(Integer::intValue).toArray();
        int[] byteSizes = IntStream.of(slots).map(_ -> 64).toArray();
        return Observer.observe(Design.RANGE_TREE, load(slots, byteSizes, slots.length), GROUND).rewrittenSoon();
    }

    @Test
    void theMapShowsWhereLiveBytesAre() {
        List<List<Double>> rows = FillObserver.rows(Design.RANGE_TREE, HOLE, 4, GROUND, 512);

        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().subList(0, 3)).containsExactly(100 / 4096.0, 100 / 4096.0, 0.0);
        assertThat(rows.getFirst().stream().mapToDouble(fill -> fill).sum()).isEqualTo(200 / 4096.0);
    }

    @Test
    void aTreeOfLiveBlocksRefusesWhatIsNotLive() {
        PlacementDesign design = new FreeByAddress(RangeTreeDesign.ofGranules(1));
        long offset = design.allocate(100);

        assertThatThrownBy(() -> design.free(offset + 64, 100)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no live block starts at offset " + (offset + 64));
        design.free(offset, 100);
        assertThatThrownBy(() -> design.free(offset, 100)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(value = Design.class, mode = EnumSource.Mode.EXCLUDE, names = "BUDDY_AND_SLAB")
    void aFullSpanIsSaid(Design kind) {
        PlacementDesign design = kind.on(new Ground(2, dev.ashlar.memory.Memory.SMALL, 0));
        design.allocate(REGION);
        design.allocate(REGION);

        assertThatThrownBy(() -> design.allocate(1)).isInstanceOf(SpanFullException.class)
                .hasMessage("the span is full: regions=2, wanted side by side=1");
    }

    private static Load load(int[] slots, int[] byteSizes, int eventCount) {
        return new Load("made up", slots, byteSizes, List.of(new Look("end", eventCount)), List.of());
    }

    private static Load load(Load events, Look... looks) {
        int[] slots = IntStream.range(0, events.eventCount()).map(events::slot).toArray();
        int[] byteSizes = IntStream.range(0, events.eventCount()).map(events::byteSize).toArray();
        return new Load("made up", slots, byteSizes, List.of(looks), List.of());
    }
}
