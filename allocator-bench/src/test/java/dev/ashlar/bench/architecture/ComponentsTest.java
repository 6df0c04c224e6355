package dev.ashlar.bench.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComponentsTest {

    @Test
    void aChainHasComponentsOfOneNode() {
        assertThat(Components.largest(Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of()))).hasSize(1);
    }

    @Test
    void twoCyclesThatShareANodeAreOneComponent() {
        assertThat(Components.largest(Map.of(
                "a", Set.of("b"), "b", Set.of("a", "c"), "c", Set.of("d"), "d", Set.of("b"), "e", Set.of("a"))))
                .containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void anEmptyGraphHasNoComponent() {
        assertThat(Components.largest(Map.of())).isEmpty();
    }
}
