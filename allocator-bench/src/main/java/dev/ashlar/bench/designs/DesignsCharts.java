package dev.ashlar.bench.designs;

import dev.ashlar.bench.chart.BarChart;
import dev.ashlar.bench.chart.BarChart.Bar;
import dev.ashlar.bench.chart.BarChart.Scale;
import dev.ashlar.bench.chart.FillMap;
import dev.ashlar.bench.chart.LineChart;
import dev.ashlar.bench.chart.LineChart.Point;
import dev.ashlar.bench.chart.LineChart.Series;
import dev.ashlar.bench.designs.DesignsResult.DesignResult;
import dev.ashlar.bench.designs.DesignsResult.LoadResult;
import dev.ashlar.bench.designs.DesignsResult.Sight;
import dev.ashlar.bench.designs.DesignsResult.Time;
import dev.ashlar.memory.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Draws a result: how densely blocks lie, what an event takes, and what memory looks like after a while. */
public final class DesignsCharts {

    private static final int CELLS_PER_REGION = 64;
    private static final int MAP_LIVE_COUNT = 10_000;

    /** The first has the colour that stands out. */
    private static final List<Design> COLOURED = Stream.concat(Stream.of(Design.BUDDY_AND_SLAB),
            Stream.of(Design.values()).filter(design -> design != Design.BUDDY_AND_SLAB)).toList();

    /** The others look like one of these. */
    private static final List<Design> MAPPED = List.of(Design.RANGE_TREE_OF_PAGES, Design.BUDDY_FROM_GRANULES,
            Design.BITMAP_PACK, Design.RANGE_TREE, Design.RANGE_TREE_BEST_FIT, Design.BUDDY_AND_SLAB);

    private final DesignsResult result;
    private final String machine;

    private DesignsCharts(DesignsResult result) {
        this.result = result;
        this.machine = "Linux %s, JDK %s, memory %s".formatted(beforeDash(result.host().kernel()),
                beforeDash(result.host().jdk()), result.memory());
    }

    /** Release and version without what a builder appended. */
    private static String beforeDash(String release) {
        return release.replaceFirst("-.*", "");
    }

    /**
     * Writes the charts as SVG files into a folder that is there.
     *
     * @throws IOException if a file cannot be written
     */
    public static void write(DesignsResult result, Path folder) throws IOException {
        DesignsCharts charts = new DesignsCharts(result);
        Files.writeString(folder.resolve("density-all.svg"),
                charts.density("Pages in use over live bytes: all designs", design -> true));
        Files.writeString(folder.resolve("density.svg"),
                charts.density("Pages in use over live bytes: designs whose blocks share pages",
                        DesignsCharts::sharesPages));
        for (SizeMix mix : SizeMix.values()) {
            String name = mix.name().toLowerCase(Locale.ROOT);
            for (String contents : List.of("placed", "written")) {
                Files.writeString(folder.resolve("time-%s-%s.svg".formatted(name, contents)),
                        charts.time(name, contents));
            }
        }
        Files.writeString(folder.resolve("map.svg"), charts.map());
    }

    private static boolean sharesPages(Design design) {
        return switch (design) {
            case MAPPING_PER_BLOCK, GROUPED_PAGES, BUDDY_FROM_PAGES, RANGE_TREE_OF_PAGES -> false;
            case BUDDY_FROM_GRANULES, BITMAP_PACK, RANGE_TREE, RANGE_TREE_BY_ADDRESS, RANGE_TREE_BEST_FIT,
                    BUDDY_AND_SLAB -> true;
        };
    }

    private String density(String title, Predicate<Design> shown) {
        List<BarChart.Group> groups = new ArrayList<>();
        for (LoadResult load : result.loads()) {
            List<Sight> moments = load.designs().getFirst().memory().sights();
            // The last is half freed: what that costs is seen in the tables.
            int moment = Math.max(0, moments.size() - 2);
            groups.add(new BarChart.Group(load.load() + ", " + moments.get(moment).when(),
                    bars(load, shown, design -> heldOverLive(design.memory().sights().get(moment)))));
        }
        return new BarChart(title, "Counted, seed %d: the same on every machine".formatted(result.seed()),
                "bytes of pages in use / live bytes", Scale.FROM_ONE, groups).svg();
    }

    private static double heldOverLive(Sight sight) {
        return (double) sight.heldBytes() / sight.liveBytes();
    }

    private static List<Bar> bars(LoadResult load, Predicate<Design> shown, ToDoubleFunction<DesignResult> value) {
        List<Bar> bars = new ArrayList<>();
        for (Design design : Design.values()) {
            if (shown.test(design)) {
                double length = value.applyAsDouble(load.of(design));
                bars.add(new Bar(design.label(), length, "%.2f".formatted(length), COLOURED.indexOf(design)));
            }
        }
        return bars;
    }

    private String time(String mix, String contents) {
        List<Series> lines = new ArrayList<>();
        for (Design design : COLOURED) {
            List<Point> points = points(mix, contents, design);
            if (!points.isEmpty()) {
                lines.add(new Series(design.label(), points));
            }
        }
        return new LineChart("Replacing a random block, sizes '%s', contents %s".formatted(mix,
                contents.equals("placed") ? "not written" : contents),
                "%s, seed %d, processor time, fastest of %d rounds".formatted(machine, result.seed(), result.rounds()),
                "live blocks",
                "nanoseconds per allocation or free", lines).svg();
    }

    private List<Point> points(String mix, String contents, Design design) {
        List<Point> points = new ArrayList<>();
        for (LoadResult load : result.loads()) {
            if (load.load().startsWith(mix + ",")) {
                double liveCount = Integer.parseInt(load.load().replaceAll("\\D", ""));
                load.of(design).times().stream()
                        .filter(time -> time.part().equals("replacement") && time.contents().equals(contents))
                        .map(Time::nsPerEventMin)
                        .forEach(nanos -> nanos.ifPresent(y -> points.add(new Point(liveCount, y, y, y))));
            }
        }
        return points;
    }

    private String map() {
        Load load = Loads.replacement(SizeMix.FUNCTION, MAP_LIVE_COUNT, result.seed());
        List<FillMap.Panel> panels = new ArrayList<>();
        for (Design design : MAPPED) {
            List<List<Double>> rows = FillObserver.rows(design, load, load.looks().get(1).eventCount(),
                    Ground.of(Memory.SMALL), CELLS_PER_REGION);
            panels.add(new FillMap.Panel(design.label(), rows.size() + " x 2 MiB", rows));
        }
        return new FillMap("%,d functions after replacement".formatted(MAP_LIVE_COUNT),
                "Each row is 2 MiB from left to right, each cell 32 KiB; dark is full of live code, light is empty.",
                panels).svg();
    }
}
