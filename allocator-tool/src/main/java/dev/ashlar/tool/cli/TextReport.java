package dev.ashlar.tool.cli;

import dev.ashlar.tool.figures.Table;
import dev.ashlar.tool.figures.Verdict.State;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** The lines of a command's output for people, with color on a terminal. */
public abstract class TextReport {

    private static final int LINE_LENGTH_MAX = 150;

    private final List<String> lines = new ArrayList<>();
    private final Ansi ansi;

    /** Makes an empty report. */
    protected TextReport(Ansi ansi) {
        this.ansi = ansi;
    }

    /** {@return what was added} */
    public final List<String> lines() {
        return lines;
    }

    /** Adds a line. */
    protected final void line(String text) {
        lines.add(text.stripTrailing());
    }

    /** Adds the lines of a table. */
    protected final void table(Table table) {
        lines.addAll(table.lines());
    }

    /** Adds an empty line and a title. */
    protected final void title(String title) {
        if (!lines.isEmpty()) {
            lines.add("");
        }
        // Not through a format: a title may contain its characters.
        lines.add(ansi == Ansi.ON ? "\u001b[1m" + title + "\u001b[0m" : title);
    }

    /** Adds a text broken at gaps into lines of about 150 characters, each indented like the first. */
    final void wrapped(String begin, String text, String gap) {
        StringBuilder current = new StringBuilder(begin);
        // Each part keeps the gap after it.
        for (String part : text.split("(?<=" + gap + ")", -1)) {
            if (current.length() > begin.length() && current.length() + part.length() > LINE_LENGTH_MAX) {
                line(current.toString());
                current.setLength(0);
                current.append(" ".repeat(begin.length()));
            }
            current.append(part);
        }
        line(current.toString());
    }

    /** {@return a text with picocli's markup as colors} */
    final String colored(String markup) {
        return ansi.string(markup);
    }

    final String mark(boolean ok) {
        return ansi.string(ok ? "@|green [ ok ]|@" : "@|bold,red [ no ]|@");
    }

    /** {@return the state of a target in brackets} */
    protected final String mark(State state) {
        return ansi.string(switch (state) {
            case HELD -> "@|green [held]   |@";
            case MISSED -> "@|bold,red [missed] |@";
            case UNKNOWN -> "@|yellow [unknown]|@";
        });
    }
}
