package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.tool.figures.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Ashlar's targets, which the resource {@code targets.txt} lists. The rivals are those that a JIT compiler or a native
 * data structure on the JVM would use otherwise. The limits are for two processors.
 */
public final class Targets {

    private static final List<Target> ALL = read();

    private Targets() {}

    /** {@return a verdict for each target of each row, in the order of the targets} */
    static List<Verdict> judge(List<Row> rows) {
        Map<String, Row> byId = rows.stream().collect(Collectors.toMap(Row::id, Function.identity()));
        return ALL.stream().flatMap(target -> rows.stream().filter(row -> target.isFor(row.id()))
                .map(row -> target.judge(row, byId)).flatMap(Optional::stream)).toList();
    }

    /** {@return the targets of a row in words, such as {@code at most 0.75 x before}} */
    public static List<String> of(String id) {
        return ALL.stream().filter(target -> target.isFor(id)).map(target -> target.text(id)).toList();
    }

    static List<Target> all() {
        return ALL;
    }

    private static List<Target> read() {
        try (InputStream resource = Targets.class.getResourceAsStream("targets.txt")) {
            byte[] bytes = Objects.requireNonNull(resource, "targets.txt").readAllBytes();
            return parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException("reading targets.txt", failed);
        }
    }

    /** A line in brackets names the targets of the lines that follow it; {@code #} begins a comment. */
    static List<Target> parse(String text) {
        List<Target> targets = new ArrayList<>();
        String what = "";
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.startsWith("[") && line.endsWith("]")) {
                what = line.substring(1, line.length() - 1);
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                targets.add(Target.parse(what, line));
            }
        }
        return List.copyOf(targets);
    }
}
