package dev.ashlar.bench.suite;

import dev.ashlar.bench.suite.Sample.Missing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Takes all samples: round by round, in a round one experiment after the other, in an experiment one contender after
 * the other, beginning with another one each round. Who could not be measured is not tried again.
 */
public final class Rounds {

    private final List<Experiment> experiments;
    private final int rounds;
    private final Sampler sampler;
    private final Consumer<Step> progress;
    private final Forecast forecast;
    private final List<Sample> samples = new ArrayList<>();
    private final Map<String, Missing> missing = new HashMap<>();

    private Rounds(List<Experiment> experiments, int rounds, Sampler sampler, Forecast forecast,
            Consumer<Step> progress) {
        this.experiments = experiments;
        this.rounds = rounds;
        this.sampler = sampler;
        this.progress = progress;
        this.forecast = forecast;
    }

    /**
     * What is being done.
     *
     * @param round counted from 0
     * @param rounds how many there are
     * @param experiment which experiment
     * @param contender who
     * @param done samples taken
     * @param samples how many there are in all
     * @param millisLeft how long it may take from now on
     */
    public record Step(int round, int rounds, Experiment experiment, Contender contender, int done, int samples,
            long millisLeft) {}

    /**
     * Takes the samples.
     *
     * @param rounds how many; at least 1
     * @param pace how long a JMH sample takes, for the forecast
     * @param progress told before every sample
     * @param afterRound given all samples so far after every round
     */
    public static List<Sample> run(List<Experiment> experiments, int rounds, Pace pace, Sampler sampler,
            Consumer<Step> progress, Consumer<List<Sample>> afterRound) {
        Rounds all = new Rounds(experiments, rounds, sampler, new Forecast(experiments, rounds, pace), progress);
        for (int round = 0; round < rounds; round++) {
            all.round(round);
            afterRound.accept(List.copyOf(all.samples));
        }
        return List.copyOf(all.samples);
    }

    private void round(int round) {
        for (Experiment experiment : experiments) {
            if (round >= experiment.roundsMax()) {
                continue;
            }
            List<Contender> contenders = experiment.contenders();
            for (int turn = 0; turn < contenders.size(); turn++) {
                take(round, experiment, contenders.get((turn + round) % contenders.size()));
            }
        }
    }

    private void take(int round, Experiment experiment, Contender contender) {
        progress.accept(new Step(round, rounds, experiment, contender, forecast.done(), forecast.samples(),
                forecast.millisLeft()));
        String key = Forecast.key(experiment, contender);
        Missing known = missing.get(key);
        long start = System.nanoTime();
        Sample.Outcome outcome = known != null ? known : sampler.take(experiment, contender);
        forecast.took(experiment, contender, (System.nanoTime() - start) / 1_000_000);
        if (outcome instanceof Missing reason) {
            missing.put(key, reason);
        }
        samples.add(new Sample(experiment.id(), contender.name(), round, outcome));
    }
}
