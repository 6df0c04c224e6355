package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Stacks of freed blocks by size class. Who pushes does so without a call, as this test does. */
class MagazinesTest {
    private final long[] stacks = Magazines.empty();

    private boolean push(int sizeClass, long offset) {
        int stack = Magazines.stackOf(sizeClass);
        if (stacks[stack] == Magazines.depth(sizeClass)) {
            return false;
        }
        stacks[stack]++;
        stacks[stack + (int) stacks[stack]] = offset;
        return true;
    }

    @Test
    void smallBlocksAreStackedThirtyOneDeepAndLargeOnesEightAndLargerOnesNot() {
        assertThat(Magazines.CLASS_COUNT).isEqualTo(SizeClasses.of(4096) + 1);
        for (int sizeClass = 0; sizeClass < SizeClasses.COUNT; sizeClass++) {
            int byteSize = SizeClasses.byteSize(sizeClass);
            int expected = byteSize > 4096 ? 0 : Math.clamp(32_768 / byteSize, 8, 31);
            assertThat(Magazines.depth(sizeClass)).as("%d bytes", byteSize).isEqualTo(expected);
        }
        assertThat(Magazines.depth(SizeClasses.of(16))).isEqualTo(31);
        assertThat(Magazines.depth(SizeClasses.of(4096))).isEqualTo(8);
    }

    /** The stacks lie one after the other in one array: a full one must not reach into the next. */
    @Test
    void eachClassPopsItsOwnBlocksLastFirst() {
        long bytes = 0;
        for (int sizeClass = 0; sizeClass < Magazines.CLASS_COUNT; sizeClass++) {
            assertThat(Magazines.pop(stacks, sizeClass)).isEqualTo(-1);
            for (int count = 0; push(sizeClass, (1L << 40) + 1000L * sizeClass + count); count++) {
                bytes += SizeClasses.byteSize(sizeClass);
            }
            assertThat(Magazines.byteSize(stacks)).isEqualTo(bytes);
        }
        for (int sizeClass = 0; sizeClass < Magazines.CLASS_COUNT; sizeClass++) {
            for (int count = Magazines.depth(sizeClass) - 1; count >= 0; count--) {
                assertThat(Magazines.pop(stacks, sizeClass)).isEqualTo((1L << 40) + 1000L * sizeClass + count);
            }
            assertThat(Magazines.pop(stacks, sizeClass)).isEqualTo(-1);
        }
        assertThat(Magazines.byteSize(stacks)).isZero();
    }

    @Test
    void clearedStacksAreEmpty() {
        push(3, 64);
        Magazines.clear(stacks);
        assertThat(Magazines.byteSize(stacks)).isZero();
        assertThat(Magazines.pop(stacks, 3)).isEqualTo(-1);
    }

    @Test
    void theirOwnMemoryIsCounted() {
        assertThat(Magazines.metadataByteSize(stacks)).isBetween(8L * stacks.length + 16, 8L * stacks.length + 48);
    }
}
