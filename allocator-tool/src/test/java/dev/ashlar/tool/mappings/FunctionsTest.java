package dev.ashlar.tool.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Goal: each seed gives one load, and the counts of live functions and page runs are right. */
final class FunctionsTest {

    private static final long PAGE = 4096;

    @Test
    void theSameSeedDrawsTheSameSizesAndAnotherDoesNot() {
        assertThat(sizes(4)).isEqualTo(sizes(4)).isNotEqualTo(sizes(5)).hasSize(150);
    }

    @Test
    void adjacentPagesAreOneRunWhateverTheOrder() {
        Functions functions = new Functions(100, 50, 4);
        functions.record(0, 10 * PAGE + 100, 0);
        functions.record(1, 9 * PAGE + 4000, 0);
        functions.record(2, 11 * PAGE, 0);
        functions.record(3, 20 * PAGE, 0);

        assertThat(functions.pageRuns(0, 1)).isEqualTo(1);
        assertThat(functions.pageRuns(0, 3)).isEqualTo(1);
        assertThat(functions.pageRuns(0, 4)).isEqualTo(2);
    }

    @Test
    void constantsAreARunOfTheirOwn() {
        Functions functions = new Functions(100, 50, 4);
        functions.record(0, 10 * PAGE, 90 * PAGE);
        functions.record(1, 10 * PAGE + 2048, 90 * PAGE + 64);

        assertThat(functions.pageRuns(0, 2)).isEqualTo(2);
        assertThat(functions.liveAddresses()).hasSize(4);
    }

    @Test
    void onlyLiveFunctionsCount() {
        Functions functions = new Functions(100, 50, 4);
        functions.record(7, 3 * PAGE, 0);
        functions.record(8, 2 * PAGE, 0);
        functions.record(9, PAGE, 0);
        functions.remove(8);

        assertThat(functions.liveAddresses()).containsExactly(PAGE, 3 * PAGE);
        assertThat(functions.liveByteSize()).isEqualTo(functions.byteSize(7) + functions.byteSize(9));
    }

    private static int[] sizes(long seed) {
        Functions functions = new Functions(100, 50, seed);
        return IntStream.range(0, functions.count()).map(functions::byteSize).toArray();
    }
}
