package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.bench.suite.Contender;
import dev.ashlar.bench.suite.Experiment;
import dev.ashlar.bench.suite.Suite;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goal: every row has a target, and every target has its row and its rival, also after a renaming. */
final class TargetsTest {

    static List<Suite> suites() {
        return List.of(Suite.quick(), Suite.full());
    }

    @ParameterizedTest
    @MethodSource("suites")
    void everyRowHasATarget(Suite suite) {
        assertThat(contenders(suite).keySet()).allSatisfy(row -> assertThat(Targets.of(row)).as(row).isNotEmpty());
    }

    @Test
    void everyTargetHasItsRowsAndItsRivalInAFullRun() {
        Map<String, Set<String>> contenders = contenders(Suite.full());
        assertThat(Targets.all()).allSatisfy(target -> {
            assertThat(target.rows()).allSatisfy(pattern -> assertThat(contenders.keySet())
                    .anyMatch(Target.parse("", pattern + " | | 1")::isFor));
            contenders.keySet().stream().filter(target::isFor).forEach(row -> {
                target.rival().filter(rival -> !rival.equals(Target.BEST))
                        .ifPresent(rival -> assertThat(contenders.get(row)).as(row).contains(rival));
                target.base(row).ifPresent(base -> assertThat(contenders).as(row).containsKey(base));
                assertThat(target.against().isEmpty() || target.rival().or(() -> target.base(row)).isPresent())
                        .as(row).isTrue();
            });
        });
    }

    @Test
    void everyRowOfAQuickRunIsJudged() {
        Map<String, Set<String>> contenders = contenders(Suite.quick());
        assertThat(contenders).allSatisfy((row, names) -> assertThat(Targets.all().stream()
                .filter(target -> target.isFor(row))
                .anyMatch(target -> target.rival().map(rival -> rival.equals(Target.BEST) || names.contains(rival))
                        .orElse(true)))
                .as(row).isTrue());
    }

    /** {@return the names of the contenders by row} */
    private static Map<String, Set<String>> contenders(Suite suite) {
        return suite.experiments().stream()
                .flatMap(experiment -> experiment.metrics().stream().map(metric -> Map.entry(experiment.rowId(metric),
                        names(experiment))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Set<String> names(Experiment experiment) {
        return experiment.contenders().stream().map(Contender::name).collect(Collectors.toSet());
    }
}
