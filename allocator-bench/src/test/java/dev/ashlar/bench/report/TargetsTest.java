package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.suite.Contender;
import dev.ashlar.bench.suite.Experiment;
import dev.ashlar.bench.suite.Suite;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goal: every target finds its row and its rival in every run, also after a renaming. */
final class TargetsTest {

    static List<Suite> suites() {
        return List.of(Suite.quick(), Suite.full());
    }

    @ParameterizedTest
    @MethodSource("suites")
    void everyTargetHasItsRowAndItsRivalInEveryRun(Suite suite) {
        Map<String, Set<String>> contenders = suite.experiments().stream()
                .flatMap(experiment -> experiment.metrics().stream().map(metric -> Map.entry(experiment.rowId(metric),
                        names(experiment))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

        assertThat(Targets.all()).allSatisfy(target -> {
            assertThat(contenders).containsKey(target.row());
            if (target.rival() != null) {
                assertThat(contenders.get(target.row())).contains(target.rival());
            }
            if (target.base() != null) {
                assertThat(contenders).containsKey(target.base());
            }
        });
    }

    private static Set<String> names(Experiment experiment) {
        return experiment.contenders().stream().map(Contender::name).collect(Collectors.toSet());
    }
}
