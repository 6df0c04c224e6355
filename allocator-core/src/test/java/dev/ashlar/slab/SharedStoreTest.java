package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.buddy.FakeRegionSource;
import dev.ashlar.region.Health;
import dev.ashlar.slab.RecordingEraser.Extent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store without owned runs erases a block in the call that frees it, in every thread. */
class SharedStoreTest {
    private final RecordingEraser eraser = new RecordingEraser();
    private final BlockStore store = new BlockStore(new FakeRegionSource(8), eraser, new Object(), new Health("store"));
    private final Actors actors = new Actors();

    @AfterEach
    void invariantsHold() {
        store.checkInvariants();
        actors.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 100, 256, 700, 5000, 20_000, 3 << 20})
    void aBlockIsErasedInTheCallThatFreesIt(long byteSize) {
        for (int round = 0; round < 3; round++) {
            long mine = Stores.allocate(store, byteSize, 4, Holder.OBJECT);
            long others = actors.doByOther(() -> Stores.allocate(store, byteSize, 4, Holder.OBJECT));
            long virtuals = actors.doByVirtual(() -> Stores.allocate(store, byteSize, 4, Holder.OBJECT));
            long usable = store.usableByteSize(mine);
            assertThat(eraser.take()).isEmpty();

            assertThat(actors.<FreeResult>doByOther(() -> store.free(mine, Holder.OBJECT))).isEqualTo(FreeResult.DONE);
            assertThat(eraser.take()).containsExactly(new Extent(mine, usable));
            assertThat(store.free(others, Holder.OBJECT)).isEqualTo(FreeResult.DONE);
            assertThat(eraser.take()).containsExactly(new Extent(others, usable));
            assertThat(store.free(virtuals, Holder.OBJECT)).isEqualTo(FreeResult.DONE);
            assertThat(eraser.take()).containsExactly(new Extent(virtuals, usable));

            assertThat(store.free(mine, Holder.OBJECT)).isEqualTo(FreeResult.NOT_LIVE);
            assertThat(eraser.take()).isEmpty();
        }
        assertThat(store.owners.all()).as("only the common owner").hasSize(1);
    }
}
