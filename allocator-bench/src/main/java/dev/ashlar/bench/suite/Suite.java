package dev.ashlar.bench.suite;

import java.util.List;

/**
 * What is run and for how long.
 *
 * @param experiments in the order of the result
 * @param rounds rounds unless the caller asks for another number
 * @param pace of JMH's forks
 */
public record Suite(List<Experiment> experiments, int rounds, Pace pace) {

    /** Copies the list. */
    public Suite {
        experiments = List.copyOf(experiments);
    }

    /** {@return one experiment at least for each target; within five minutes on two processors} */
    public static Suite quick() {
        return new Suite(Catalogue.experiments(Extent.QUICK), 1, new Pace(2, 400, 3, 200));
    }

    /** {@return everything; up to an hour on two processors} */
    public static Suite full() {
        return new Suite(Catalogue.experiments(Extent.FULL), 3, new Pace(3, 400, 4, 300));
    }

    /** {@return the same with those experiments alone whose ids begin with one of the words} */
    public Suite only(List<String> beginnings) {
        return new Suite(experiments.stream()
                .filter(experiment -> beginnings.stream().anyMatch(experiment.id()::startsWith))
                .toList(), rounds, pace);
    }

    /** {@return how long so many rounds may take, in milliseconds, as far as can be told before the first} */
    public long millis(int roundCount) {
        return new Forecast(experiments, roundCount, pace).millisLeft();
    }

    /** {@return the words that begin no experiment's id} */
    public List<String> unknown(List<String> beginnings) {
        return beginnings.stream()
                .filter(word -> experiments.stream()
                        .noneMatch(experiment -> experiment.id().startsWith(word)))
                .toList();
    }
}
