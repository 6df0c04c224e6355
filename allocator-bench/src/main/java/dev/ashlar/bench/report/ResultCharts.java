package dev.ashlar.bench.report;

import dev.ashlar.bench.chart.BarChart;
import dev.ashlar.bench.chart.LineChart;
import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The charts for which a result has rows. */
final class ResultCharts {

    private static final String REPLACEMENT = "ns per replacement";
    private static final String LIVE = "live blocks of 32-2048 B";
    private static final String PAIR = "ns per pair";
    private static final String BYTES = "bytes of the block";
    private static final String HELD = "bytes of memory per requested, live byte";

    private final BenchResult result;
    private final Map<String, String> charts = new LinkedHashMap<>();

    private ResultCharts(BenchResult result) {
        this.result = result;
    }

    /** {@return SVG by file name} */
    static Map<String, String> of(BenchResult result) {
        ResultCharts all = new ResultCharts(result);
        all.lines("replacement-code.svg", "Replace a random function, by live functions", "replace-code-\\w+", LIVE,
                REPLACEMENT);
        all.lines("replacement-data.svg", "Replace a random block, by live blocks", "replace-data-\\w+", LIVE,
                REPLACEMENT);
        all.lines("pair-data.svg", "DataHeap: allocate and free", "pair-data-\\d+", BYTES, PAIR);
        all.lines("pair-arena.svg", "An arena for each block", "pair-arena-\\d+", BYTES, PAIR);
        all.lines("pair-code.svg", "CodeHeap: allocate and free", "pair-code-\\d+", BYTES, PAIR);
        all.bars("lifecycle.svg", "The life of a function: allocate, write, publish, (call,) free",
                "ns per function", BarChart.Scale.LOGARITHMIC, "(lifecycle|called)-\\d+k?");
        all.bars("threads.svg", "One thread and two", "ns per operation and thread", BarChart.Scale.LOGARITHMIC,
                "pair-(data|code)-256(-2t)?|lifecycle-1k-2t|remote-.*");
        all.bars("memory-data.svg", "Memory of live data", HELD, BarChart.Scale.FROM_ONE, "memory-data-.*");
        all.bars("memory-code.svg", "Memory of live code", HELD, BarChart.Scale.FROM_ONE, "memory-code-.*");
        all.bars("traces.svg", "Traces of a JIT compiler", "ns per event", BarChart.Scale.LOGARITHMIC, "replay-.*");
        all.bars("latency.svg", "The time of one allocation", "ns", BarChart.Scale.LOGARITHMIC, "latency-.*");
        all.bars("execution.svg", "Calls of small functions spread over a large area", "ns per call",
                BarChart.Scale.LOGARITHMIC, "execution-.*");
        return all.charts;
    }

    private void lines(String file, String title, String ids, String xTitle, String yTitle) {
        Map<String, List<LineChart.Point>> lines = new LinkedHashMap<>();
        for (Row row : rows(ids)) {
            Double x = row.number();
            for (Entry entry : row.entries()) {
                Spread figure = entry.figure();
                if (figure != null && x != null) {
                    lines.computeIfAbsent(entry.contender(), _ -> new ArrayList<>())
                            .add(new LineChart.Point(x, figure.median(), figure.min(), figure.max()));
                }
            }
        }
        // A single point is better in the table.
        if (lines.values().stream().anyMatch(points -> points.size() > 1)) {
            List<LineChart.Series> series = new ArrayList<>();
            lines.forEach((name, points) -> series.add(new LineChart.Series(name, points)));
            charts.put(file, new LineChart(title, note(), xTitle, yTitle, series).svg());
        }
    }

    private void bars(String file, String title, String xTitle, BarChart.Scale scale, String ids) {
        List<BarChart.Group> groups = new ArrayList<>();
        // A contender has the same color in all groups.
        Map<String, Integer> colors = new LinkedHashMap<>();
        for (Row row : rows(ids)) {
            if (scale == BarChart.Scale.FROM_ONE && !row.unit().equals("x")) {
                continue;
            }
            List<BarChart.Bar> bars = new ArrayList<>();
            for (Entry entry : row.entries()) {
                int color = colors.computeIfAbsent(entry.contender(), _ -> colors.size());
                Spread figure = entry.figure();
                if (figure != null) {
                    bars.add(new BarChart.Bar(entry.contender(), figure.median(),
                            Units.digits(figure.median(), row.unit()), color));
                }
            }
            if (!bars.isEmpty()) {
                groups.add(new BarChart.Group(row.title(), bars));
            }
        }
        if (!groups.isEmpty()) {
            charts.put(file, new BarChart(title, note(), xTitle, scale, groups).svg());
        }
    }

    private List<Row> rows(String ids) {
        Pattern pattern = Pattern.compile(ids);
        return result.rows().stream().filter(row -> pattern.matcher(row.id()).matches()).toList();
    }

    private String note() {
        Map<String, String> host = result.run().host();
        return "%s, %s, JDK %s, commit %s".formatted(host.getOrDefault("processor", ""),
                host.getOrDefault("kernel", ""), host.getOrDefault("jdk", ""), result.run().commit());
    }
}
