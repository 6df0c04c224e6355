package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An owner whose blocks other threads free gives runs with free space to the owners that open new ones. */
class SurplusRunsTest {
    private static final int LIVE_BYTE_SIZE = 16 << 20;
    private static final int TURN_COUNT = 40;

    private final BlockStore store = Stores.of(64);
    private final Actors actors = new Actors();
    private final SplittableRandom random = new SplittableRandom(5);

    @AfterEach
    void invariantsHold() {
        store.checkInvariants();
        actors.close();
    }

    private int committedRegionCount() {
        return store.runs().committedRegionCount();
    }

    private int replace(long[] blocks, int byteSize, int count) {
        for (int time = 0; time < count; time++) {
            int block = random.nextInt(blocks.length);
            assertThat(store.free(blocks[block], Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            blocks[block] = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        }
        return count;
    }

    /** Without that, the first thread would keep its memory, half free, and the other would take as much again. */
    @ParameterizedTest
    @ValueSource(ints = {16, 128, 600, 4096})
    void twoThreadsThatReplaceTheSameBlocksNeedLittleMoreMemoryThanOne(int byteSize) {
        long[] blocks = new long[LIVE_BYTE_SIZE / byteSize];
        for (int block = 0; block < blocks.length; block++) {
            blocks[block] = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        }
        int before = committedRegionCount();

        for (int turn = 0; turn < TURN_COUNT; turn++) {
            int count = blocks.length / 10;
            if (turn % 2 == 0) {
                actors.doByOther(() -> replace(blocks, byteSize, count));
            } else {
                replace(blocks, byteSize, count);
            }
            assertThat(store.census().liveBlockCount()).isEqualTo(blocks.length);
        }

        assertThat(committedRegionCount()).isLessThanOrEqualTo(before + before / 4 + 1);
        assertThat(blocks).doesNotHaveDuplicates();
    }

    /** A thread alone keeps what it has: it would have to take a lock to use it again. */
    @ParameterizedTest
    @ValueSource(ints = {16, 128, 600, 4096})
    void aThreadAloneKeepsItsRuns(int byteSize) {
        long[] blocks = new long[LIVE_BYTE_SIZE / byteSize];
        for (int block = 0; block < blocks.length; block++) {
            blocks[block] = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        }
        for (int block = 0; block < blocks.length; block += 2) {
            long freed = blocks[block];
            actors.doByVirtual(() -> store.free(freed, Holder.ADDRESS));
            blocks[block] = Stores.allocate(store, byteSize, 4, Holder.ADDRESS);
        }
        int own = store.owners.own().id();
        assertThat(Run.open(store.space)).allMatch(run -> RunWord.ownerId(run.word()) == own);
    }
}
