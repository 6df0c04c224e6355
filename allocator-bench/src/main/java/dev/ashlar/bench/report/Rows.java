package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Entry;
import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.bench.suite.Contender;
import dev.ashlar.bench.suite.Experiment;
import dev.ashlar.bench.suite.Experiment.Metric;
import dev.ashlar.bench.suite.Sample;
import dev.ashlar.tool.figures.Spread;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Combines the samples of one experiment to rows. */
record Rows(Experiment experiment, List<Sample> samples) {

    /** {@return a row for each metric of each experiment, in their order} */
    static List<Row> of(List<Experiment> experiments, List<Sample> samples) {
        return experiments.stream().flatMap(experiment -> {
            Rows rows = new Rows(experiment,
                    samples.stream().filter(sample -> sample.experiment().equals(experiment.id())).toList());
            return experiment.metrics().stream().map(rows::row);
        }).toList();
    }

    private Row row(Metric metric) {
        Map<Integer, Double> ours = values(experiment.contenders().getFirst(), metric);
        List<Entry> entries = new ArrayList<>();
        for (Contender contender : experiment.contenders()) {
            Map<Integer, Double> values = values(contender, metric);
            // Leaves a contender out of the metrics that it does not have, but names one that failed in every round.
            if (entries.isEmpty() || !values.isEmpty() || of(contender).allMatch(Rows::failed)) {
                entries.add(entry(contender, values, entries.isEmpty() ? Map.of() : ours));
            }
        }
        return new Row(experiment.rowId(metric), experiment.rowTitle(metric), metric.unit(), experiment.number(),
                entries);
    }

    private Entry entry(Contender contender, Map<Integer, Double> values, Map<Integer, Double> ours) {
        String failure = of(contender).flatMap(sample -> sample.result().failure().stream()).findFirst()
                .orElse("no such figure");
        return new Entry(contender.name(), setting(contender), spread(values.values()),
                spread(ratios(ours, values)), List.copyOf(values.values()), values.isEmpty() ? failure : null);
    }

    /** {@return ours over theirs in each round that has both} */
    static List<Double> ratios(Map<Integer, Double> ours, Map<Integer, Double> theirs) {
        return theirs.entrySet().stream()
                .filter(round -> ours.containsKey(round.getKey()) && round.getValue() > 0)
                .map(round -> ours.getOrDefault(round.getKey(), 0.0) / round.getValue())
                .toList();
    }

    /** {@return the figures by round, without the rounds in which there is none} */
    private Map<Integer, Double> values(Contender contender, Metric metric) {
        Map<Integer, Double> values = new TreeMap<>();
        of(contender).filter(sample -> !failed(sample)).forEach(sample -> values.computeIfAbsent(sample.round(),
                _ -> sample.result().answer().figures().get(metric.key())));
        return values;
    }

    private static boolean failed(Sample sample) {
        return sample.result().failure().isPresent();
    }

    /** {@return the requested pages, and those that the process reported} */
    private String setting(Contender contender) {
        Stream<String> notes = of(contender)
                .flatMap(sample -> new TreeMap<>(sample.result().answer().notes()).values().stream());
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
