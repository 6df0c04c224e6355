package dev.ashlar.tool.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.mappings.CellFigures.Moment;
import dev.ashlar.tool.mappings.CellFigures.Splits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: splits are counted when they happen, for as long as they last. Method: invented snapshots. */
final class SnapshotTotalsTest {

    private static final long REGION = 2L << 20;

    private final SnapshotTotals totals = new SnapshotTotals();

    @Test
    void aSplitRegionIsCountedOnceAndTimedFromTheLookBefore() {
        see(1000, huge(1), huge(2));
        see(1100, split(1), huge(2));
        see(1300, split(1), split(2));
        see(1400, huge(1), split(2));

        assertThat(splits().seen()).isEqualTo(2);
        assertThat(splits().regionNanos()).isEqualTo(100 + 2 * 200 + 100);
        assertThat(splits().perLifetimeMax()).isEqualTo(1);
        assertThat(totals.throughout().hugePercentMin()).isZero();
    }

    @Test
    void aRegionSplitAgainWithTheSameContentsIsSplitTwiceInOneLifetime() {
        see(0, split(1));
        see(1, huge(1));
        see(2, split(1));

        assertThat(splits().perLifetimeMax()).isEqualTo(2);
    }

    @Test
    void aRegionThatWasEmptyOrReleasedBeginsANewLifetime() {
        see(0, split(1), split(2));
        see(1, new Snapshot.Region(REGION, true, true, 0, false));
        see(2, split(1), split(2));

        assertThat(splits().seen()).isEqualTo(4);
        assertThat(splits().perLifetimeMax()).isEqualTo(1);
    }

    @Test
    void aRegionWithoutAJointOrWithoutALiveFunctionCouldBeMended() {
        Moment moment = see(0, split(1), new Snapshot.Region(2 * REGION, true, false, 0, true),
                new Snapshot.Region(3 * REGION, true, false, 1, false));

        assertThat(moment.splitRegions()).isEqualTo(3);
        assertThat(moment.mendableRegions()).isEqualTo(2);
        assertThat(totals.throughout().jointedRegionsMax()).isEqualTo(2);
    }

    @Test
    void whatIsNotMeantToBeHugeIsNeverSplit() {
        Moment moment = see(0, new Snapshot.Region(REGION, false, false, 1, true));

        assertThat(moment.splitRegions()).isZero();
        assertThat(splits().seen()).isZero();
        assertThat(totals.throughout().hugePercentMin()).isNull();
    }

    private Splits splits() {
        return totals.splits(0, 0, null);
    }

    private Moment see(long nanos, Snapshot.Region... regions) {
        Snapshot snapshot = new Snapshot(nanos, regions.length, 30, List.of(regions), 0);
        totals.add(snapshot);
        return snapshot.moment(0, 0);
    }

    private static Snapshot.Region huge(int index) {
        return new Snapshot.Region(index * REGION, true, true, 0, true);
    }

    private static Snapshot.Region split(int index) {
        return new Snapshot.Region(index * REGION, true, false, 1, true);
    }
}
