package dev.ashlar.bench.suite;

import java.util.List;

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

    /** Copies the list. */
    public Suite {
        experiments = List.copyOf(experiments);
    }

    /** {@return at least one experiment for each target; takes at most five minutes on two processors} */
    public static Suite quick() {
        return new Suite(Catalogue.experiments(Extent.QUICK), 1, new ForkTiming(2, 400, 3, 200));
    }

    /** {@return all experiments; takes up to an hour on two processors} */
    public static Suite full() {
        return new Suite(Catalogue.experiments(Extent.FULL), 3, new ForkTiming(3, 400, 4, 300));
    }

    /** {@return the experiments whose ids begin with one of the words} */
    public Suite only(List<String> beginnings) {
        return new Suite(experiments.stream()
                .filter(experiment -> beginnings.stream().anyMatch(experiment.id()::startsWith))
                .toList(), rounds, timing);
    }

    /** {@return the words with which no id of an experiment begins} */
    public List<String> unknown(List<String> beginnings) {
        return beginnings.stream()
                .filter(word -> experiments.stream().noneMatch(experiment -> experiment.id().startsWith(word)))
                .toList();
    }

    /** {@return the number of samples in a number of rounds} */
    int sampleCount(int roundCount) {
        return experiments.stream().mapToInt(experiment -> samples(experiment, roundCount)).sum();
    }

    /** {@return an estimate of the time of a number of rounds, in milliseconds} */
    public long millis(int roundCount) {
        return experiments.stream().mapToLong(experiment -> samples(experiment, roundCount)
                * (experiment.task().kind() == Task.Kind.JMH ? timing.millis() : PROBE_MILLIS)).sum();
    }

    private static int samples(Experiment experiment, int roundCount) {
        return experiment.contenders().size() * Math.min(roundCount, experiment.roundsMax());
    }
}
