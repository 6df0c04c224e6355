package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.bench.suite.Contender;
import dev.ashlar.bench.suite.Experiment;
import dev.ashlar.bench.suite.Metric;
import dev.ashlar.bench.suite.Sample;
import dev.ashlar.bench.suite.Sample.Figures;
import dev.ashlar.bench.suite.Sample.Missing;
import dev.ashlar.tool.figures.Spread;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts samples together to rows. */
public final class Tally {

    private final Experiment experiment;
    private final List<Sample> samples;

    private Tally(Experiment experiment, List<Sample> samples) {
        this.experiment = experiment;
        this.samples = samples;
    }

    /** {@return a row for each metric of each experiment, in their order} */
    public static List<Row> rows(List<Experiment> experiments, List<Sample> samples) {
        return experiments.stream().flatMap(experiment -> {
            Tally tally = new Tally(experiment,
                    samples.stream().filter(sample -> sample.experiment().equals(experiment.id())).toList());
            return experiment.metrics().stream().map(tally::row);
        }).toList();
    }

    private Row row(Metric metric) {
        Contender ours = experiment.contenders().getFirst();
        Map<Integer, Double> ourValues = values(ours, metric);
        List<Entry> entries = experiment.contenders().stream()
                .filter(contender -> contender.equals(ours) || hasSuchFigures(contender, metric))
                .map(contender -> entry(contender, metric, contender.equals(ours) ? Map.of() : ourValues))
                .toList();
        return new Row(experiment.rowId(metric), experiment.rowTitle(metric), metric.unit(), entries);
    }

    /** Some metrics are of ours alone; whoever was not measured at all is named in every row. */
    private boolean hasSuchFigures(Contender contender, Metric metric) {
        return of(contender).noneMatch(sample -> sample.outcome() instanceof Figures)
                || !values(contender, metric).isEmpty();
    }

    private Entry entry(Contender contender, Metric metric, Map<Integer, Double> ours) {
        Map<Integer, Double> values = values(contender, metric);
        return new Entry(contender.name(), setting(contender), spread(values.values()),
                spread(ratios(ours, values)), List.copyOf(values.values()), missing(contender, values));
    }

    /** {@return ours over theirs in each round that has both} */
    static List<Double> ratios(Map<Integer, Double> ours, Map<Integer, Double> theirs) {
        List<Double> ratios = new ArrayList<>();
        theirs.forEach((round, value) -> {
            Double our = ours.get(round);
            if (our != null && value > 0) {
                ratios.add(our / value);
            }
        });
        return ratios;
    }

    /** {@return a contender's figure by round; fewer rounds than were taken where it was not measured} */
    private Map<Integer, Double> values(Contender contender, Metric metric) {
        Map<Integer, Double> values = new TreeMap<>();
        for (Sample sample : of(contender).toList()) {
            if (sample.outcome() instanceof Figures figures && figures.values().containsKey(metric.key())) {
                values.put(sample.round(), figures.values().get(metric.key()));
            }
        }
        return values;
    }

    private @Nullable String missing(Contender contender, Map<Integer, Double> values) {
        if (!values.isEmpty()) {
            return null;
        }
        return of(contender).flatMap(sample -> sample.outcome() instanceof Missing missing
                ? Stream.of(missing.reason())
                : Stream.empty()).findFirst().orElse("no such figure");
    }

    /** What was asked of the host, and what the process said it got. */
    private String setting(Contender contender) {
        Stream<String> notes = of(contender)
                .flatMap(sample -> sample.outcome() instanceof Figures figures
                        ? new TreeMap<>(figures.notes()).values().stream()
                        : Stream.empty());
        return Stream.concat(Stream.of(contender.setting()), notes)
                .filter(text -> !text.isEmpty())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private Stream<Sample> of(Contender contender) {
        return samples.stream().filter(sample -> sample.contender().equals(contender.name()));
    }

    private static @Nullable Spread spread(Collection<Double> values) {
        return values.isEmpty() ? null : Spread.of(List.copyOf(values));
    }
}
