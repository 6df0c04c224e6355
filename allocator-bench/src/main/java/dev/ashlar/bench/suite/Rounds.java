package dev.ashlar.bench.suite;

import dev.ashlar.tool.child.ChildResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Takes all samples: round by round, within a round one experiment after the other, within an experiment one contender
 * after the other. Each round starts with another contender. A contender that failed is not tried again.
 */
public final class Rounds {

    private final Suite suite;
    private final int rounds;
    private final BiFunction<Experiment, Contender, ChildResult> sampler;
    private final Consumer<Step> progress;
    private final List<Sample> samples = new ArrayList<>();
    private final Map<String, ChildResult> failed = new HashMap<>();
    private final long startNanos = System.nanoTime();

    private Rounds(Suite suite, int rounds, BiFunction<Experiment, Contender, ChildResult> sampler,
            Consumer<Step> progress) {
        this.suite = suite;
        this.rounds = rounds;
        this.sampler = sampler;
        this.progress = progress;
    }

    /** The current step: the round counted from 0, {@code done} of all samples, an estimate of the remaining time. */
    public record Step(int round, int rounds, Experiment experiment, Contender contender, int done, int samples,
            long millisLeft) {}

    /**
     * Takes the samples.
     *
     * @param rounds the number of rounds, at least 1
     * @param sampler takes one sample
     * @param progress called before every sample
     * @param afterRound called after every round with all samples so far
     */
    public static List<Sample> run(Suite suite, int rounds, BiFunction<Experiment, Contender, ChildResult> sampler,
            Consumer<Step> progress, Consumer<List<Sample>> afterRound) {
        Rounds all = new Rounds(suite, rounds, sampler, progress);
        for (int round = 0; round < rounds; round++) {
            all.round(round);
            afterRound.accept(List.copyOf(all.samples));
        }
        return List.copyOf(all.samples);
    }

    private void round(int round) {
        for (Experiment experiment : suite.experiments()) {
            List<Contender> contenders = experiment.contenders();
            for (int turn = 0; round < experiment.roundsMax() && turn < contenders.size(); turn++) {
                take(round, experiment, contenders.get((turn + round) % contenders.size()));
            }
        }
    }

    private void take(int round, Experiment experiment, Contender contender) {
        int done = samples.size();
        int count = suite.sampleCount(rounds);
        long elapsedMillis = (System.nanoTime() - startNanos) / 1_000_000;
        long millisLeft = done == 0 ? suite.millis(rounds) : elapsedMillis * (count - done) / done;
        progress.accept(new Step(round, rounds, experiment, contender, done, count, millisLeft));
        String key = experiment.id() + "/" + contender.name();
        ChildResult known = failed.get(key);
        ChildResult result = known == null ? sampler.apply(experiment, contender) : known;
        if (result.failure().isPresent()) {
            failed.put(key, result);
        }
        samples.add(new Sample(experiment.id(), contender.name(), round, result));
    }
}
