package dev.ashlar.tool.permissions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.permissions.CellFigures.Moment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: splits are counted when they happen, for as long as they last. Method: looks made up. */
final class WatchTest {

    private static final long REGION = 2L << 20;

    private final Deque<Sight> sights = new ArrayDeque<>();
    private final Watch watch = new Watch(sights::removeFirst, new MappingWay(Libc.system()), new Functions(100, 4));

    @Test
    void aSplitRegionIsCountedOnceAndTimedFromTheLookBefore() {
        see(1000, huge(1), huge(2));
        see(1100, split(1), huge(2));
        see(1300, split(1), split(2));
        see(1400, huge(1), split(2));

        assertThat(watch.splits()).isEqualTo(2);
        assertThat(watch.splitNanos()).isEqualTo(100 + 2 * 200 + 100);
        assertThat(watch.splitsPerLifetimeMax()).isEqualTo(1);
        assertThat(watch.throughout().hugePercentMin()).isZero();
    }

    @Test
    void aRegionSplitAgainWithTheSameContentsIsSplitTwiceInOneLifetime() {
        see(0, split(1));
        see(1, huge(1));
        see(2, split(1));

        assertThat(watch.splitsPerLifetimeMax()).isEqualTo(2);
    }

    @Test
    void aRegionThatWasEmptyOrReleasedBeginsANewLifetime() {
        see(0, split(1), split(2));
        see(1, new Sight.Region(REGION, true, true, 0, false));
        see(2, split(1), split(2));

        assertThat(watch.splits()).isEqualTo(4);
        assertThat(watch.splitsPerLifetimeMax()).isEqualTo(1);
    }

    @Test
    void aRegionWithoutAJointOrWithoutALiveFunctionCouldBeMended() {
        Moment moment = see(0, split(1), new Sight.Region(2 * REGION, true, false, 0, true),
                new Sight.Region(3 * REGION, true, false, 1, false));

        assertThat(moment.splitRegions()).isEqualTo(3);
        assertThat(moment.mendableRegions()).isEqualTo(2);
        assertThat(watch.throughout().jointedRegionsMax()).isEqualTo(2);
    }

    @Test
    void whatIsNotMeantToBeHugeIsNeverSplit() {
        Moment moment = see(0, new Sight.Region(REGION, false, false, 1, true));

        assertThat(moment.splitRegions()).isZero();
        assertThat(watch.splits()).isZero();
        assertThat(watch.throughout().hugePercentMin()).isNull();
    }

    private Moment see(long nanos, Sight.Region... regions) {
        sights.add(new Sight(nanos, regions.length, 30, List.of(regions), 0));
        return watch.look();
    }

    private static Sight.Region huge(int index) {
        return new Sight.Region(index * REGION, true, true, 0, true);
    }

    private static Sight.Region split(int index) {
        return new Sight.Region(index * REGION, true, false, 1, true);
    }
}
