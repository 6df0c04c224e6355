package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PageMapTest {
    private final PageMap map = new PageMap(4);

    @Test
    void aPageNeverHandedOutIsFree() {
        for (int page = 0; page < 4 * 512; page++) {
            assertThat(PageMap.kind(map.word(page))).isEqualTo(PageMap.FREE);
        }
    }

    @Test
    void everyPageOfARunLeadsToItsHead() {
        map.setRun(500, 600, Holder.OBJECT);

        assertThat(PageMap.kind(map.word(500))).isEqualTo(PageMap.RUN_HEAD);
        assertThat(PageMap.value(map.word(500))).isEqualTo(600);
        assertThat(PageMap.holder(map.word(500))).isEqualTo(Holder.OBJECT);
        for (int page = 501; page < 1100; page++) {
            assertThat(PageMap.kind(map.word(page))).isEqualTo(PageMap.RUN_INNER);
            assertThat(page - PageMap.value(map.word(page))).isEqualTo(500);
        }
        assertThat(map.word(499)).isEqualTo(PageMap.FREE);
        assertThat(map.word(1100)).isEqualTo(PageMap.FREE);
    }

    @Test
    void shorteningARunKeepsItsHolder() {
        map.setRun(0, 9, Holder.OBJECT);
        map.setRun(9, 9, Holder.ADDRESS);

        map.shortenRun(0, 4);
        map.shortenRun(9, 1);

        assertThat(PageMap.value(map.word(0))).isEqualTo(4);
        assertThat(PageMap.holder(map.word(0))).isEqualTo(Holder.OBJECT);
        assertThat(PageMap.value(map.word(9))).isEqualTo(1);
        assertThat(PageMap.holder(map.word(9))).isEqualTo(Holder.ADDRESS);
    }

    @Test
    void clearingARunWritesItsHeadAlone() {
        map.setRun(10, 3, Holder.ADDRESS);

        map.clearRun(10);

        assertThat(map.word(10)).isEqualTo(PageMap.FREE);
        assertThat(PageMap.kind(map.word(11))).isEqualTo(PageMap.RUN_INNER);
    }

    @Test
    void pagesOfACutRunCarryItsNumber() {
        map.setCut(510, 4, 123_456_789);

        for (int page = 510; page < 514; page++) {
            assertThat(PageMap.kind(map.word(page))).isEqualTo(PageMap.CUT);
            assertThat(PageMap.value(map.word(page))).isEqualTo(123_456_789);
        }
    }

    @Test
    void onlyAHeadCanBeShortenedOrCleared() {
        map.setRun(10, 3, Holder.ADDRESS);

        assertThatThrownBy(() -> map.clearRun(11)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> map.shortenRun(9, 1)).isInstanceOf(AssertionError.class);
    }

    @Test
    void wordsCostMemoryOnlyForRegionsInUse() {
        long none = map.metadataByteSize();
        map.setRun(0, 512, Holder.ADDRESS);
        long one = map.metadataByteSize();
        map.setRun(0, 512, Holder.ADDRESS);
        map.setRun(3 * 512, 1, Holder.ADDRESS);

        assertThat(one - none).isBetween(2048L, 2080L);
        assertThat(map.metadataByteSize() - one).isEqualTo(one - none);
    }
}
