package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.memory.Temperature;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of all kinds that begin and end on the same pages. */
class RunLifeTest {
    private final RunSpace space = Stores.space(1, Eraser.NONE);
    private final OwnerQueues queues = new OwnerQueues(space.lines, 2);

    private Run open(int kind) {
        int page = kind == SizeClasses.SLOT_CLASS_COUNT
                ? space.openPackedRun(1, Temperature.HOT)
                : space.openSlab(kind, 1, Temperature.HOT);
        return page < 0 ? null : Run.at(space, (long) page << 12);
    }

    private void close(Run run) {
        assertThat(RemoteFrees.end(space.lines, run.firstPage)).isTrue();
        RunLife.dropMarks(space.lines, run.firstPage, run.word(), RemoteFrees.life(space.lines, run.firstPage));
        space.close(run.firstPage);
    }

    /** Whatever run had one of these words before: no life of a word comes twice, and all words of a run agree. */
    @Seeded
    void everyRunHasALaterLifeThanAnyOfItsWordsHadBefore(long seed) {
        List<Run> open = new ArrayList<>();
        List<Run> ended = new ArrayList<>();
        Seeds.run(seed, 3_000, random -> {
            Run run = random.nextInt(3) > 0 ? open(random.nextInt(SizeClasses.SLOT_CLASS_COUNT + 1)) : null;
            if (run != null) {
                assertThat(run.lives()).containsOnly(run.life);
                assertThat(run.markCount()).isZero();
                assertThat(ended).allMatch(before -> before.lives().stream().allMatch(life -> life > before.life));
                open.add(run);
            } else if (!open.isEmpty()) {
                Run closed = open.remove(random.nextInt(open.size()));
                assertThat(closed.lives()).as("unchanged since").containsOnly(closed.life);
                close(closed);
                assertThat(closed.isOpen()).isFalse();
                assertThat(closed.lives()).allMatch(life -> life > closed.life);
                ended.add(closed);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, SizeClasses.SLOT_CLASS_COUNT})
    void aRunInAQueueDoesNotEndUntilItsOwnerHasTakenIt(int kind) {
        Run run = open(kind);
        queues.noteMark(run.firstPage, run.life);
        assertThat(run.isQueued()).isTrue();
        assertThat(RemoteFrees.end(space.lines, run.firstPage)).isFalse();
        assertThat(RemoteFrees.enter(space.lines, run.firstPage, run.life)).as("a second time").isFalse();

        assertThat(queues.of(1).next()).isEqualTo(run.firstPage);
        queues.of(1).done();

        assertThat(run.isQueued()).isFalse();
        close(run);
        assertThat(RemoteFrees.enter(space.lines, run.firstPage, run.life)).as("in another life").isFalse();
        assertThat(queues.of(1).isIdle()).isTrue();
    }

    /** If an Error comes before the owner is done with a run, it gets the same run again, and then the others. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noRunOfAQueueIsLostWhileOneIsProcessed(boolean isMarkedAgain) {
        List<Integer> queued = new ArrayList<>();
        for (int count = 0; count < 5; count++) {
            Run run = open(count);
            queues.noteMark(run.firstPage, run.life);
            queued.addFirst(run.firstPage);
        }
        RemoteFrees remote = queues.of(1);
        List<Integer> taken = new ArrayList<>();
        for (int run = remote.next(); run >= 0; run = remote.next()) {
            assertThat(remote.next()).isEqualTo(run);
            assertThat(remote.isProcessing(run)).isTrue();
            if (isMarkedAgain && taken.isEmpty()) {
                queues.noteMark(run, RemoteFrees.life(space.lines, run));
            }
            taken.add(run);
            remote.done();
        }
        if (isMarkedAgain) {
            assertThat(taken.removeLast()).isEqualTo(queued.getFirst());
        }
        assertThat(taken).isEqualTo(queued);
        assertThat(remote.isIdle()).isTrue();
    }
}
