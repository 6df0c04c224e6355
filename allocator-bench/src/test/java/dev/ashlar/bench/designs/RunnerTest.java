package dev.ashlar.bench.designs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.bench.designs.DesignsResult.Time;
import dev.ashlar.bench.rivals.MappingPerFunction;
import dev.ashlar.stubs.SystemCalls;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Goal: a time in a table is a time of that section, and a refusal is told as one. */
final class RunnerTest {

    private static final int ENOMEM = 12;

    private final Load load = Loads.replacement(SizeMix.MIXED, 1_000, 1);

    @Test
    void timesAreBySectionAndEventWithTheirSpread() {
        // Two passes a round: 41,500 events each, and 100,000 are wanted.
        Deque<long[]> passes = new ArrayDeque<>(List.of(nanos(9), nanos(9), nanos(1), nanos(1), nanos(2), nanos(4),
                nanos(2), nanos(2)));
        Runner runner = new Runner(Design.RANGE_TREE, "placed", load, passes::removeFirst);

        runner.warmUp();
        for (int round = 0; round < 3; round++) {
            runner.round();
        }

        assertThat(passes).isEmpty();
        List<Time> times = runner.times();
        assertThat(times).extracting(Time::part).containsExactly("growth", "replacement", "frees");
        for (Time time : times) {
            assertThat(time.contents()).isEqualTo("placed");
            assertThat(time.nsPerEventMin()).contains(1.0);
            assertThat(time.nsPerEvent()).contains(2.0);
            assertThat(time.nsPerEventMax()).contains(3.0);
            assertThat(time.refusal()).isEmpty();
        }
    }

    @Test
    void aLongWarmUpCountsAndIsTheOnlyRound() {
        Deque<long[]> passes = new ArrayDeque<>(List.of(nanos(20_000), nanos(20_000)));
        Runner runner = new Runner(Design.BITMAP_PACK, "placed", load, passes::removeFirst);

        runner.warmUp();
        runner.round();

        assertThat(runner.times()).allSatisfy(time -> assertThat(time.nsPerEvent()).contains(20_000.0));
    }

    /** Each event of each section takes so many nanoseconds. */
    private long[] nanos(int perEvent) {
        return load.sections().stream().mapToLong(section -> (long) perEvent * (section.to() - section.from()))
                .toArray();
    }

    @Test
    void whatTheKernelRefusesIsSaidAndNotTimed() {
        SystemCalls refusing = (SystemCalls) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {SystemCalls.class}, (_, _, _) -> (long) -ENOMEM);
        Walk walk = Walk.alone(new Site.Mapped(new MappingPerFunction(refusing)), load);
        Runner runner = new Runner(Design.MAPPING_PER_BLOCK, "placed", load, walk::pass);

        runner.round();
        runner.round();

        assertThat(runner.times()).hasSize(3).allSatisfy(time -> {
            assertThat(time.nsPerEvent()).isEmpty();
            assertThat(time.refusal()).hasValueSatisfying(why -> assertThat(why).contains("mmap", "ENOMEM"));
        });
    }

    @Test
    void aWalkFreesAllItTook() {
        RangeTreeDesign design = RangeTreeDesign.ofGranules(8);

        Walk.alone(new Site.Placed(design), load).pass();
        design.trim();

        assertThat(design.committedByteSize()).isZero();
    }

    @Test
    void aTeamGoesThroughTheLoadOnThreadsOfItsOwnAndItsFailuresAreSeen() {
        RangeTreeDesign design = RangeTreeDesign.ofGranules(8);
        CopyOnWriteArraySet<Thread> seen = new CopyOnWriteArraySet<>();
        Site locked = new Site.Locked(new Watched(design, seen), new ReentrantLock());
        try (Team team = new Team(locked, load, 2)) {
            for (int pass = 0; pass < 2; pass++) {
                assertThat(LongStream.of(team.pass()).filter(nanos -> nanos > 0).count()).isEqualTo(3);
            }
        }
        design.trim();
        assertThat(design.committedByteSize()).isZero();
        assertThat(seen).hasSize(2).doesNotContain(Thread.currentThread());

        try (Team team = new Team(new Site.Placed(RangeTreeDesign.ofGranules(0)), load, 2)) {
            assertThatThrownBy(team::pass).isInstanceOf(SpanFullException.class);
        }
    }

    /** Notes which threads come by. */
    private record Watched(PlacementDesign design, CopyOnWriteArraySet<Thread> seen) implements PlacementDesign {
        @Override
        public long allocate(long byteSize) {
            seen.add(Thread.currentThread());
            return design.allocate(byteSize);
        }

        @Override
        public void free(long offset, long byteSize) {
            design.free(offset, byteSize);
        }

        @Override
        public long committedByteSize() {
            return design.committedByteSize();
        }

        @Override
        public Footprint footprint() {
            return design.footprint();
        }

        @Override
        public void trim() {
            design.trim();
        }
    }
}
