package dev.ashlar.bench.report;

import dev.ashlar.bench.chart.BarChart;
import dev.ashlar.bench.chart.LineChart;
import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.bench.suite.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The charts of a result: those for which there are rows. */
final class Pictures {

    private static final String HELD = "bytes of memory per byte asked for and live";

    private final BenchResult result;
    private final Map<String, String> pictures = new LinkedHashMap<>();

    private Pictures(BenchResult result) {
        this.result = result;
    }

    /** {@return SVG by file name} */
    static Map<String, String> of(BenchResult result) {
        Pictures all = new Pictures(result);
        all.byLiveCount("replacement-code.svg", "Replacing a random function, by how many are live", "replace-code-");
        all.byLiveCount("replacement-data.svg", "Replacing a random block, by how many are live", "replace-data-");
        all.bars("lifecycle.svg", "The life of a function: allocate, write, publish, (call,) free",
                "ns per function", BarChart.Scale.LOGARITHMIC, "lifecycle-", "called-");
        all.bars("pair.svg", "Allocate and free", "ns per pair and thread", BarChart.Scale.LOGARITHMIC, "pair-");
        all.bars("threads.svg", "One thread and two", "ns per operation and thread", BarChart.Scale.LOGARITHMIC,
                "pair-data-256", "pair-code-256", "lifecycle-1k", "remote-");
        all.bars("memory-data.svg", "Memory that live data takes", HELD, BarChart.Scale.FROM_ONE, "memory-data-");
        all.bars("memory-code.svg", "Memory that live code takes", HELD, BarChart.Scale.FROM_ONE, "memory-code-");
        all.bars("execution.svg", "Calling small functions spread over a large area", "ns per call",
                BarChart.Scale.LOGARITHMIC, "execution-");
        return all.pictures;
    }

    private void byLiveCount(String file, String title, String prefix) {
        Map<String, List<LineChart.Point>> lines = new LinkedHashMap<>();
        for (Row row : rows(prefix)) {
            double live = LiveCount.of(row.id().substring(prefix.length()));
            for (Entry entry : row.entries()) {
                Spread figure = entry.figure();
                if (figure != null) {
                    lines.computeIfAbsent(entry.contender(), _ -> new ArrayList<>())
                            .add(new LineChart.Point(live, figure.median(), figure.min(), figure.max()));
                }
            }
        }
        if (!lines.isEmpty()) {
            List<LineChart.Series> series = new ArrayList<>();
            lines.forEach((name, points) -> series.add(new LineChart.Series(name, points)));
            pictures.put(file, new LineChart(title, note(), "live blocks of 32-2048 B", "ns per replacement", series)
                    .svg());
        }
    }

    private void bars(String file, String title, String xTitle, BarChart.Scale scale, String... prefixes) {
        List<BarChart.Group> groups = new ArrayList<>();
        for (Row row : rows(prefixes)) {
            if (scale == BarChart.Scale.FROM_ONE && !row.unit().equals("x")) {
                continue;
            }
            List<BarChart.Bar> bars = new ArrayList<>();
            for (int index = 0; index < row.entries().size(); index++) {
                Entry entry = row.entries().get(index);
                Spread figure = entry.figure();
                if (figure != null) {
                    bars.add(new BarChart.Bar(entry.contender(), figure.median(),
                            Quantity.digits(figure.median(), row.unit()), index));
                }
            }
            if (!bars.isEmpty()) {
                groups.add(new BarChart.Group(row.title(), bars));
            }
        }
        if (!groups.isEmpty()) {
            pictures.put(file, new BarChart(title, note(), xTitle, scale, groups).svg());
        }
    }

    private List<Row> rows(String... prefixes) {
        return result.rows().stream()
                .filter(row -> List.of(prefixes).stream().anyMatch(row.id()::startsWith))
                .toList();
    }

    private String note() {
        Map<String, String> host = result.run().host();
        return "%s, %s, JDK %s, commit %s".formatted(host.getOrDefault("processor", ""),
                host.getOrDefault("kernel", ""), host.getOrDefault("jdk", ""), result.run().commit());
    }
}
