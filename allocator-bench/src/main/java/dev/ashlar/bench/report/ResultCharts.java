package dev.ashlar.bench.report;

import dev.ashlar.bench.chart.BarChart;
import dev.ashlar.bench.chart.BarChart.Bar;
import dev.ashlar.bench.chart.BarChart.Scale;
import dev.ashlar.bench.chart.LineChart;
import dev.ashlar.bench.chart.LineChart.Point;
import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.figures.Units;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The charts for which a result has rows. */
final class ResultCharts {

    private static final String REPLACEMENT = "ns per replacement";
    private static final String LIVE = "live blocks of 32-2048 B";
    private static final String PAIR = "ns per pair";
    private static final String BYTES = "bytes of the block";
    private static final String HELD = "bytes of memory per requested, live byte";

    private final BenchResult result;
    private final String note;
    private final Map<String, String> charts = new LinkedHashMap<>();

    private ResultCharts(BenchResult result) {
        this.result = result;
        Map<String, String> host = result.run().host();
        this.note = "%s, %s, JDK %s, commit %s".formatted(host.getOrDefault("processor", ""),
                host.getOrDefault("kernel", ""), host.getOrDefault("jdk", ""), result.run().commit());
    }

    /** {@return SVG by file name} */
    static Map<String, String> of(BenchResult result) {
        ResultCharts all = new ResultCharts(result);
        all.lines("replacement-code", "Replace a random function, by live functions", "replace-code-\\w+", LIVE,
                REPLACEMENT);
        all.lines("replacement-data", "Replace a random block, by live blocks", "replace-data-\\w+", LIVE,
                REPLACEMENT);
        all.lines("pair-data", "DataHeap: allocate and free", "pair-data-\\d+", BYTES, PAIR);
        all.lines("pair-arena", "An arena for each block", "pair-arena-\\d+", BYTES, PAIR);
        all.lines("pair-code", "CodeHeap: allocate and free", "pair-code-\\d+", BYTES, PAIR);
        all.bars("lifecycle", "The life of a function: allocate, write, publish, (call,) free", "ns per function",
                Scale.LOGARITHMIC, "(lifecycle|called)-\\d+k?");
        all.bars("threads", "One thread, two and eight", "ns per operation and thread", Scale.LOGARITHMIC,
                "pair-(data|code)-256(-[28]t)?|lifecycle-1k-[28]t|remote-.*");
        all.bars("memory-data", "Memory of live data", HELD, Scale.FROM_ONE, "memory-(remote-)?data-.*");
        all.bars("memory-code", "Memory of live code", HELD, Scale.FROM_ONE, "memory-(remote-)?code-.*");
        all.bars("traces", "Traces of a JIT compiler", "ns per event", Scale.LOGARITHMIC, "replay-.*");
        all.bars("latency", "The time of one allocation", "ns", Scale.LOGARITHMIC, "(latency|paced)-.*");
        all.bars("execution", "Calls of small functions spread over a large area", "ns per call", Scale.LOGARITHMIC,
                "execution-.*");
        return all.charts;
    }

    private void lines(String name, String title, String ids, String xTitle, String yTitle) {
        Map<String, List<Point>> lines = new LinkedHashMap<>();
        rows(ids).forEach(row -> row.entries().forEach(entry -> {
            Double x = row.number();
            Spread figure = entry.figure();
            if (figure != null && x != null) {
                lines.computeIfAbsent(entry.contender(), _ -> new ArrayList<>())
                        .add(new Point(x, figure.median(), figure.min(), figure.max()));
            }
        }));
        // A single point is better in the table.
        if (lines.values().stream().anyMatch(points -> points.size() > 1)) {
            charts.put(name + ".svg", new LineChart(title, note, xTitle, yTitle, lines.entrySet().stream()
                    .map(line -> new LineChart.Series(line.getKey(), line.getValue())).toList()).svg());
        }
    }

    private void bars(String name, String title, String xTitle, Scale scale, String ids) {
        // A contender has the same color in all groups.
        Map<String, Integer> colors = new HashMap<>();
        List<BarChart.Group> groups = rows(ids)
                .filter(row -> scale == Scale.LOGARITHMIC || row.unit().equals("x"))
                .map(row -> new BarChart.Group(row.title(), bars(row, colors)))
                .filter(group -> !group.bars().isEmpty())
                .toList();
        if (!groups.isEmpty()) {
            charts.put(name + ".svg", new BarChart(title, note, xTitle, scale, groups).svg());
        }
    }

    private static List<Bar> bars(Row row, Map<String, Integer> colors) {
        List<Bar> bars = new ArrayList<>();
        for (Entry entry : row.entries()) {
            int color = colors.computeIfAbsent(entry.contender(), _ -> colors.size());
            Spread figure = entry.figure();
            if (figure != null) {
                bars.add(new Bar(entry.contender(), figure.median(), Units.digits(figure.median(), row.unit()),
                        color));
            }
        }
        return bars;
    }

    private Stream<Row> rows(String ids) {
        return result.rows().stream().filter(row -> row.id().matches(ids));
    }
}
