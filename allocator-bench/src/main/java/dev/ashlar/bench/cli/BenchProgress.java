package dev.ashlar.bench.cli;

import dev.ashlar.bench.suite.Rounds;

/** What the bench is doing, and how long it will. */
final class BenchProgress {

    private BenchProgress() {}

    static String words(Rounds.Step step) {
        return "%d of %d, round %d of %d: %s, %s; about %s left".formatted(step.done() + 1, step.samples(),
                step.round() + 1, step.rounds(), step.experiment().id(), step.contender().name(),
                duration(step.millisLeft()));
    }

    /** {@return a time to wait in words} */
    static String duration(long millis) {
        long seconds = Math.ceilDiv(millis, 1000);
        return seconds < 100 ? seconds + " s" : Math.ceilDiv(seconds, 60) + " min";
    }
}
