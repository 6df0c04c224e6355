package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HardenedCell;
import dev.ashlar.host.HugePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: each attack has the result that docs/hardening.md states for its level. Method: a child JVM tries all attacks,
 * each on a heap of its own.
 */
class AttackTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "hardening.md");

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.ashlar.host.HardenedCell#withOrdinary")
    void eachAttackHasTheResultThatTheDocumentStates(HardenedCell cell) {
        // A region of code and one of constants for each heap, and those of the heap for the probe.
        try (HugePages _ = cell.need(2 * (Attack.values().length + 1))) {
            ChildJvm.Outcome outcome = ChildJvm.ofModule(AttackChild.class)
                    .nativeAccess()
                    .run(cell.memory().name(), cell.level().name());
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            // The child drops its heaps unclosed, which they log in two lines each.
            List<String> lines = outcome.output().lines()
                    .filter(line -> !line.contains("DropWarning") && !line.startsWith("WARNING: heap "))
                    .toList();
            boolean hasMapFiles = lines.getFirst().equals("MAP_FILES yes");
            assertThat(lines.subList(1, lines.size()))
                    .isEqualTo(Stream.of(Attack.values())
                            .map(attack -> line(attack, cell, hasMapFiles))
                            .toList());
        }
    }

    private static String line(Attack attack, HardenedCell cell, boolean hasMapFiles) {
        String result = attack.needsMapFiles() && !hasMapFiles ? "EPERM" : attack.expected(cell.level(), cell.memory());
        String state =
                switch (attack.trace()) {
                    case NAMED -> "named";
                    case NONE -> "intact";
                    case FATAL -> "fatal";
                };
        return attack + " " + result + " " + (result.equals("done") ? state : "intact");
    }

    @Test
    void theDocumentHasOneRowForEachAttack() throws IOException {
        List<String> rows = new ArrayList<>(Files.readAllLines(DOCUMENT));
        int head = rows.indexOf("| attack | NONE | SEALED | PINNED | seen by `audit()` |");
        assertThat(head).as("the head of the table").isNotNegative();
        assertThat(rows.subList(head + 2, rows.size()).stream().takeWhile(row -> row.startsWith("|")))
                .containsExactlyElementsOf(Stream.of(Attack.values()).map(Attack::row).toList());
    }
}
