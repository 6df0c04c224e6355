package dev.ashlar.tool.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TableTest {

    @Test
    void numbersAreAlignedRightBelowTheirHeaders() {
        Table table =
                new Table().left().right("calls", "mapped\nhuge").row("a cell", "1,500", "3").row("b", "7", "100");

        assertThat(table.lines()).containsExactly(
                "          calls  mapped",
                "                   huge",
                "  a cell  1,500       3",
                "  b           7     100");
    }

    @Test
    void aTableWithoutHeadersHasOnlyItsRows() {
        assertThat(new Table().left().right().row("a", "1").row("bb", "22").lines())
                .containsExactly("  a    1", "  bb  22");
        assertThat(new Table().left().lines()).isEmpty();
    }

    @Test
    void aRowWithAnotherNumberOfCellsIsRefused() {
        assertThatThrownBy(() -> new Table().left().row("a", "b")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a row needs a cell for each column: cells=2, columns=1");
    }
}
