package dev.ashlar.bench.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The experiments of a run.
 *
 * @param experiments in the order of the result
 * @param rounds the default number of rounds
 * @param timing of JMH's forks
 */
public record Suite(List<Experiment> experiments, int rounds, ForkTiming timing) {

    /** An estimate of the process of a probe. */
    private static final long PROBE_MILLIS = 4_000;

    /** {@return at least one experiment for each target; takes at most five minutes on two processors} */
    public static Suite quick() {
        return new Suite(Catalogue.experiments(Extent.QUICK), 1, new ForkTiming(2, 400, 3, 200));
    }

    /** {@return all experiments; takes up to an hour on two processors} */
    public static Suite full() {
        return new Suite(Catalogue.experiments(Extent.FULL), 3, new ForkTiming(3, 400, 4, 300));
    }

    /** {@return this suite with the rows of a trace in a file} */
    public Suite plusTrace(Path file) {
        return new Suite(Stream.concat(experiments.stream(), Catalogue.trace(file).stream()).toList(), rounds, timing);
    }

    /** {@return the experiments whose ids begin with one of the words} */
    public Suite only(List<String> beginnings) {
        return new Suite(experiments.stream()
                .filter(experiment -> beginnings.stream().anyMatch(experiment.id()::startsWith))
                .toList(), rounds, timing);
    }

    /** {@return the words with which no id of an experiment begins} */
    public List<String> unknown(List<String> beginnings) {
        return beginnings.stream().filter(word -> only(List.of(word)).experiments.isEmpty()).toList();
    }

    int sampleCount(int roundCount) {
        return experiments.stream().mapToInt(experiment -> experiment.sampleCount(roundCount)).sum();
    }

    /** {@return an estimate of the time of a number of rounds, in milliseconds} */
    public long millis(int roundCount) {
        return experiments.stream().mapToLong(experiment -> experiment.sampleCount(roundCount)
                * (experiment.task().kind() == Task.Kind.JMH ? timing.millis(experiment.task().threads())
                        : PROBE_MILLIS))
                .sum();
    }
}
