package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FakeRegionSourceTest {
    private final FakeRegionSource source = new FakeRegionSource(3);

    @Test
    void committingACommittedRegionFailsTheTest() {
        assertThat(source.commit(1)).isTrue();

        assertThatThrownBy(() -> source.commit(1)).isInstanceOf(AssertionError.class);
    }

    @Test
    void releasingAHoleFailsTheTest() {
        assertThatThrownBy(() -> source.release(1)).isInstanceOf(AssertionError.class);
    }

    @Test
    void regionsOutsideTheSpanFailTheTest() {
        assertThatThrownBy(() -> source.commit(3)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> source.release(-1)).isInstanceOf(AssertionError.class);
    }

    @Test
    void onlyTheNthCommitAndReleaseAreRefused() {
        source.refuseCommit(2).refuseRelease(1);

        assertThat(source.commit(0)).isTrue();
        assertThat(source.commit(1)).isFalse();
        assertThat(source.commit(1)).isTrue();
        assertThat(source.release(0)).isFalse();
        assertThat(source.isCommitted(0)).isTrue();
        assertThat(source.release(0)).isTrue();
        assertThat(source.commitCount()).isEqualTo(2);
        assertThat(source.refusedCommitCount()).isEqualTo(1);
        assertThat(source.releaseCount()).isEqualTo(1);
        assertThat(source.refusedReleaseCount()).isEqualTo(1);
        assertThat(source.committedRegionCount()).isEqualTo(1);
    }
}
