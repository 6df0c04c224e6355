package dev.ashlar.tool.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.code.ConstantFunction;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.memory.MappingPerFunction;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Goal: growth, replacement, half freeing and refilling leave the blocks that they promise, with their contents. */
final class LiveBlocksTest {

    private static final int COUNT = 200;

    private final BlockMemory memory = new MappingPerFunction(Libc.system());
    private final LiveBlocks blocks = new LiveBlocks(memory, new Draws(SizeMix.MIXED, COUNT, 1), COUNT, 0);

    @Test
    void everyLiveBlockHoldsTheFunctionAfterEveryStep() {
        blocks.grow();
        assertThat(liveCount()).isEqualTo(COUNT);
        for (int time = 0; time < COUNT; time++) {
            assertThat(ConstantFunction.call(blocks.replace())).isEqualTo(Payload.ANSWER);
        }
        blocks.freeHalf();
        assertThat(liveCount()).isBetween(COUNT / 4, 3 * COUNT / 4);
        assertThat(blocks.liveByteSize()).isLessThan(2048L * COUNT * 3 / 4);
        blocks.grow();
        assertThat(liveCount()).isEqualTo(COUNT);
        for (int block = 0; block < COUNT; block++) {
            assertThat(ConstantFunction.call(blocks.address(block))).isEqualTo(Payload.ANSWER);
        }
        blocks.shrink(COUNT);
        assertThat(blocks.liveByteSize()).isZero();
    }

    @Test
    void aSubclassChoosesTheContents() {
        LiveBlocks numbered = new LiveBlocks(memory, new Draws(SizeMix.FUNCTION, 10, 1), 10, 0) {
            @Override
            protected MemorySegment contents(int block) {
                MemorySegment contents = MemorySegment.ofArray(new byte[4096]);
                ConstantFunction.write(contents, block);
                return contents;
            }
        };
        numbered.grow();

        for (int block = 0; block < 10; block++) {
            assertThat(ConstantFunction.call(numbered.address(block))).isEqualTo(block);
        }
        numbered.shrink(10);
    }

    private int liveCount() {
        return (int) IntStream.range(0, COUNT).filter(block -> blocks.address(block) != 0).count();
    }
}
