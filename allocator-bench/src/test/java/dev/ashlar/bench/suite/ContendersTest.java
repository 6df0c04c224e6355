package dev.ashlar.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.rivals.Rival;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: results say which contenders can have transparent huge pages on this host. */
final class ContendersTest {

    private static List<Contender> full(String always, String inFullRun) {
        return new Contenders(Rival.Kind.DATA, Extent.FULL).of(always, inFullRun);
    }

    @Test
    void aWordNamesAMemoryInASetting() {
        List<Contender> contenders = full("ashlar=ashlar-unprepared before floor", "jemalloc-native-thp ashlar-hints");

        assertThat(contenders).extracting(Contender::name)
                .containsExactly("ashlar", "before", "floor", "jemalloc-native-thp", "ashlar-hints");
        assertThat(contenders).extracting(contender -> contender.parameters().get("memory"))
                .containsExactly("ashlar-unprepared", "ashlar-unprepared", "floor", "jemalloc", "ashlar");
        assertThat(contenders).extracting(Contender::isNativeLoop).containsExactly(false, false, false, true, false);
        assertThat(contenders).extracting(Contender::isBefore).containsExactly(false, true, false, false, false);
        assertThat(contenders.get(3).environment()).isEqualTo(Rival.environmentOnHugePages());
        assertThat(contenders.get(4).parameters()).containsEntry("hints", "on");
    }

    @Test
    void aQuickRunLeavesTheRestOut() {
        assertThat(new Contenders(Rival.Kind.CODE, Extent.QUICK).of("ashlar", "asmjit")).hasSize(1);
        assertThat(full("ashlar", "")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"never,THP off on this host,THP off", "madvise,THP on,THP off",
        "always,THP on,THP on for all on this host"})
    void theHostsSwitchDecides(String enabled, String requested, String notRequested) {
        assertThat(Contenders.hugePages(enabled)).isEqualTo(requested);
        assertThat(Contenders.smallPages(enabled)).isEqualTo(notRequested);
    }
}
