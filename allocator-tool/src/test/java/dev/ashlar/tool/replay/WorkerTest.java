package dev.ashlar.tool.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.RawMemory;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: a worker does what the trace says, and a verifying one finds what was overwritten. */
final class WorkerTest {

    /** a 100, a 20, f first, a 300, f second: the third lives to the end. */
    private static final Trace TRACE =
            new Trace("small", new int[] {0, 1, ~0, 2, ~1}, new int[] {100, 20, 300});

    @Test
    void aPassAllocatesAndFreesAsTheTraceDoes() {
        try (MallocMemory memory = new MallocMemory()) {
            Worker worker = worker(memory, contents(Contents.Kind.COPY, memory), 1);

            worker.pass();

            assertThat(memory.allocationCount()).isEqualTo(3);
            assertThat(memory.writeCount()).isEqualTo(3);
            assertThat(memory.liveCount()).isEqualTo(1);
            worker.freeSurvivors();
            assertThat(memory.liveCount()).isZero();
        }
    }

    @Test
    void copiesAreObjectsOfTheirOwn() {
        try (MallocMemory memory = new MallocMemory()) {
            Worker worker = worker(memory, contents(Contents.Kind.VERIFIED, memory), 3);

            worker.pass();

            assertThat(memory.allocationCount()).isEqualTo(9);
            assertThat(memory.liveCount()).isEqualTo(3);
            assertThat(worker.eventsPerPass()).isEqualTo(15);
            worker.freeSurvivors();
        }
    }

    @Test
    void withoutWritingNothingIsWritten() {
        try (MallocMemory memory = new MallocMemory()) {
            Worker worker = worker(memory, contents(Contents.Kind.NOTHING, memory), 1);

            worker.pass();

            assertThat(memory.allocationCount()).isEqualTo(3);
            assertThat(memory.writeCount()).isZero();
            worker.freeSurvivors();
        }
    }

    @Test
    void severalPassesVerifyOneAfterTheOther() {
        try (MallocMemory memory = new MallocMemory()) {
            Worker worker = worker(memory, contents(Contents.Kind.VERIFIED, memory), 2);
            for (int pass = 0; pass < 3; pass++) {
                worker.pass();
                worker.freeSurvivors();
            }

            assertThat(memory.allocationCount()).isEqualTo(18);
        }
    }

    @Test
    void aByteOverwrittenBeforeTheFreeIsFound() {
        try (MallocMemory memory = new Corrupting(1, 17)) {
            Worker worker = worker(memory, contents(Contents.Kind.VERIFIED, memory), 1);

            assertThatThrownBy(worker::pass)
                    .isInstanceOf(CommandException.class)
                    .hasMessageMatching("small: object 1 \\(its allocation number\\) of 20 bytes at 0x[0-9a-f]+ is"
                            + " corrupt: offset=17, expected=0x[0-9a-f]{2}, found=0x[0-9a-f]{2}");
        }
    }

    @Test
    void aByteOverwrittenInWhatLivesToTheEndIsFoundAtTheEnd() {
        try (MallocMemory memory = new Corrupting(2, 299)) {
            Worker worker = worker(memory, contents(Contents.Kind.VERIFIED, memory), 1);
            worker.pass();

            assertThatThrownBy(worker::freeSurvivors)
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("object 2")
                    .hasMessageContaining("offset=299");
        }
    }

    @Test
    void twoObjectsAtOneAddressAreFound() {
        // The allocator's worst mistake: the second object is written over the first, and both look alive.
        try (MallocMemory memory = new Overlapping()) {
            Worker worker = worker(memory, contents(Contents.Kind.VERIFIED, memory), 1);

            assertThatThrownBy(worker::pass).isInstanceOf(CommandException.class).hasMessageContaining("object 0");
        }
    }

    @Test
    void aFailureOfOneThreadIsReportedAfterAllHaveStopped() {
        try (MallocMemory sound = new MallocMemory();
                MallocMemory corrupt = new Corrupting(0, 0);
                Passes passes = new Passes(List.of(
                        worker(sound, contents(Contents.Kind.VERIFIED, sound), 1),
                        worker(corrupt, contents(Contents.Kind.VERIFIED, corrupt), 1)))) {

            assertThatThrownBy(() -> passes.each(Worker::pass)).isInstanceOf(CommandException.class);
            assertThat(sound.allocationCount()).isEqualTo(3);
        }
    }

    private static Contents contents(Contents.Kind kind, BlockMemory memory) {
        return new Contents(kind, memory, TRACE.byteSizeMax());
    }

    private static Worker worker(BlockMemory memory, Contents contents, int copies) {
        return new Worker(TRACE, memory, contents, copies, 0, 1);
    }

    /** Spoils one byte of one object right after it was written. */
    private static final class Corrupting extends MallocMemory {

        private final int object;
        private final long offset;

        Corrupting(int object, long offset) {
            this.object = object;
            this.offset = offset;
        }

        @Override
        public void publish(long address, long byteSize) {
            if (allocationCount() == object + 1) {
                byte right = RawMemory.EVERYTHING.get(ValueLayout.JAVA_BYTE, address + offset);
                RawMemory.EVERYTHING.set(ValueLayout.JAVA_BYTE, address + offset, (byte) ~right);
            }
        }
    }

    /** Gives out the first address again and again. */
    private static final class Overlapping extends MallocMemory {

        private long first;

        @Override
        public synchronized long allocate(int slot, long byteSize) {
            if (first == 0) {
                first = super.allocate(slot, 4096);
            }
            return first;
        }

        @Override
        public synchronized void free(int slot, long address, long byteSize) {
            // One free for several objects would leave none for the others.
        }
    }
}
