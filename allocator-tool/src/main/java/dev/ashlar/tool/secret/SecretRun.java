package dev.ashlar.tool.secret;

import dev.ashlar.tool.child.Measurement;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.secret.SecretResult.Comparison;
import dev.ashlar.tool.secret.SecretResult.Count;
import dev.ashlar.tool.secret.SecretResult.Sample;
import dev.ashlar.tool.secret.SecretResult.Sight;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Measures both kinds of secret memory, each in a process of its own. The kind that goes first changes from round to
 * round.
 *
 * @param count secrets that are live at once
 * @param rounds how often each kind of memory is measured
 * @param seed of the sizes and of the choice of freed secrets; each round adds one
 */
public record SecretRun(int count, int rounds, long seed) {

    private static final int COUNT_MIN = 100;
    private static final int COUNT_MAX = 50_000;

    /** How many percent fewer pages outside the direct map, and fewer mappings, a heap needs. */
    private static final double PAGES_TARGET_PERCENT = 90;
    private static final double MAPPINGS_TARGET_PERCENT = 98;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public SecretRun {
        if (count < COUNT_MIN || count > COUNT_MAX) {
            throw new IllegalArgumentException("count must be " + COUNT_MIN + " to " + COUNT_MAX + ": count=" + count);
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be at least 1: rounds=" + rounds);
        }
    }

    /**
     * Measures.
     *
     * @param progress receives each next step in a few words
     * @throws CommandException if the host does not provide what one of them needs
     */
    public SecretResult measure(Consumer<String> progress) {
        List<Sample> samples = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            List<SecretMemory> kinds = List.of(SecretMemory.values());
            for (SecretMemory kind : round % 2 == 0 ? kinds : kinds.reversed()) {
                progress.accept("round " + (round + 1) + " of " + rounds + ": " + kind.label());
                samples.add(sample(round, kind));
            }
        }
        List<Sight> sights = IntStream.range(0, samples.getFirst().counts().size())
                .mapToObj(index -> new Sight(samples.getFirst().counts().get(index).when(),
                        comparison(samples, index, Count::pagesPerLiveKib, PAGES_TARGET_PERCENT),
                        comparison(samples, index, Count::mappings, MAPPINGS_TARGET_PERCENT)))
                .toList();
        boolean holds = sights.stream().allMatch(sight -> sight.pages().holds() && sight.mappings().holds());
        Host host = Host.read();
        // The version alone: the suffix of a builder says nothing elsewhere.
        return new SecretResult(host.kernel().replaceFirst("-.*", ""), host.jdk(), count, rounds, seed, samples, sights,
                holds);
    }

    private Sample sample(int round, SecretMemory kind) {
        Measurement<Sample> seen =
                Measurement.inChild(new SecretProbe(round + 1, kind, count, seed + round), Sample.class);
        if (seen.failure() != null) {
            throw new IllegalStateException("the process with " + kind.label() + " failed: " + seen.failure());
        }
        if (seen.result() == null) {
            throw new CommandException(ExitCode.HOST, kind.label() + ": " + seen.lacking());
        }
        return seen.result();
    }

    private static Comparison comparison(List<Sample> samples, int index, ToDoubleFunction<Count> figure,
            double targetPercent) {
        List<Double> ours = values(samples, SecretMemory.HEAP, index, figure);
        List<Double> theirs = values(samples, SecretMemory.FILES, index, figure);
        List<Double> fewer = IntStream.range(0, ours.size())
                .mapToObj(round -> 100 * (1 - ours.get(round) / theirs.get(round)))
                .toList();
        return new Comparison(Spread.of(ours), Spread.of(theirs), Spread.of(fewer), targetPercent);
    }

    private static List<Double> values(List<Sample> samples, SecretMemory kind, int index,
            ToDoubleFunction<Count> figure) {
        return samples.stream()
                .filter(sample -> sample.contender().equals(kind.label()))
                .map(sample -> figure.applyAsDouble(sample.counts().get(index)))
                .toList();
    }
}
