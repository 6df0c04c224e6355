package dev.ashlar.bench.suite;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long the samples that are left may take: what the same one took before, else what its kind should take. */
final class Forecast {

    /** A probe's process as a guess, until one has been seen. */
    private static final long PROBE_MILLIS = 4_000;

    private final List<Experiment> experiments;
    private final Pace pace;
    private final Map<String, Long> lastMillis = new HashMap<>();
    private final Map<String, Integer> left = new HashMap<>();
    private final int samples;
    private int done;

    Forecast(List<Experiment> experiments, int rounds, Pace pace) {
        this.experiments = experiments;
        this.pace = pace;
        int count = 0;
        for (Experiment experiment : experiments) {
            int times = Math.min(rounds, experiment.roundsMax());
            for (Contender contender : experiment.contenders()) {
                left.put(key(experiment, contender), times);
                count += times;
            }
        }
        this.samples = count;
    }

    static String key(Experiment experiment, Contender contender) {
        return experiment.id() + "/" + contender.name();
    }

    void took(Experiment experiment, Contender contender, long millis) {
        lastMillis.put(key(experiment, contender), millis);
        left.merge(key(experiment, contender), -1, Integer::sum);
        done++;
    }

    int samples() {
        return samples;
    }

    int done() {
        return done;
    }

    long millisLeft() {
        long sum = 0;
        for (Experiment experiment : experiments) {
            for (Contender contender : experiment.contenders()) {
                String key = key(experiment, contender);
                sum += left.getOrDefault(key, 0) * lastMillis.getOrDefault(key, guess(experiment.task()));
            }
        }
        return sum;
    }

    private long guess(Task task) {
        return switch (task) {
            case Task.Jmh _ -> pace.millis();
            case Task.JmhOnce _,Task.Probe _ -> PROBE_MILLIS;
        };
    }
}
