package dev.ashlar.tool.figures;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table without borders, as lines of text. First its columns are added, then its rows. */
public final class Table {

    private final List<Column> columns = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();

    /** Makes a table without columns. */
    public Table() {}

    /** Adds a column of text, aligned left, without a header. */
    public Table left() {
        columns.add(new Column().dataAlign(HorizontalAlign.LEFT));
        return this;
    }

    /** Adds a column of numbers, aligned right, without a header. */
    public Table right() {
        columns.add(new Column().dataAlign(HorizontalAlign.RIGHT));
        return this;
    }

    /** Adds columns of numbers, aligned right. A header may have several lines. */
    public Table right(String... headers) {
        for (String header : headers) {
            columns.add(new Column().header(header).headerAlign(HorizontalAlign.RIGHT)
                    .dataAlign(HorizontalAlign.RIGHT));
        }
        return this;
    }

    /** Adds a row with a cell for each column. */
    public Table row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "a row needs a cell for each column: cells=%d, columns=%d".formatted(cells.length,
                            columns.size()));
        }
        rows.add(cells.clone());
        return this;
    }

    /** {@return the lines, indented by a space, without spaces at their ends} */
    public List<String> lines() {
        if (rows.isEmpty()) {
            return List.of();
        }
        String text = AsciiTable.builder().lineSeparator("\n").border(AsciiTable.NO_BORDERS)
                .data(columns.toArray(Column[]::new), rows.toArray(String[][]::new)).asString();
        return Arrays.stream(text.split("\n", -1)).map(line -> " " + line.stripTrailing()).toList();
    }
}
