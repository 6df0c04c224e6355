package dev.ashlar.tool.secret;

import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.child.ChildResult;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.secret.SecretMemory.Kind;
import dev.ashlar.tool.secret.SecretResult.Comparison;
import dev.ashlar.tool.secret.SecretResult.Count;
import dev.ashlar.tool.secret.SecretResult.Sample;
import dev.ashlar.tool.secret.SecretResult.Sight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Measures both kinds of secret memory, round by round; the first one changes with the round. */
public final class SecretRun {

    /** How many percent fewer pages outside the direct map, and fewer mappings, a heap needs. */
    private static final double PAGES_TARGET_PERCENT = 90;
    private static final double MAPPINGS_TARGET_PERCENT = 98;

    private static final List<String> JVM_OPTIONS = List.of("-Xms64m", "-Xmx64m", "-XX:+UseSerialGC");
    private static final long SECONDS_MAX = 120;

    private SecretRun() {}

    /**
     * Measures.
     *
     * @param progress receives each next step in a few words
     * @throws CommandException if the host does not provide what one of them needs
     */
    public static SecretResult run(SecretOptions options, Consumer<String> progress) {
        List<Sample> samples = new ArrayList<>();
        for (int round = 0; round < options.rounds(); round++) {
            List<Kind> kinds = List.of(Kind.values());
            for (Kind kind : round % 2 == 0 ? kinds : kinds.reversed()) {
                progress.accept("round " + (round + 1) + " of " + options.rounds() + ": " + kind.label());
                samples.add(sample(options, round, kind));
            }
        }
        List<Sight> sights = IntStream.range(0, SecretProbe.MOMENTS.size())
                .mapToObj(index -> new Sight(SecretProbe.MOMENTS.get(index),
                        comparison(samples, index, Count::pagesPerLiveKib, PAGES_TARGET_PERCENT),
                        comparison(samples, index, Count::mappings, MAPPINGS_TARGET_PERCENT)))
                .toList();
        boolean holds = sights.stream().allMatch(sight -> sight.pages().holds() && sight.mappings().holds());
        Host host = Host.read();
        // The version alone: the suffix of a builder says nothing elsewhere.
        return new SecretResult(host.kernel().replaceFirst("-.*", ""), host.jdk(), options.count(), options.rounds(),
                options.seed(), samples, sights, holds);
    }

    private static Sample sample(SecretOptions options, int round, Kind kind) {
        ChildResult child = ChildResult.of(ChildJvm.command(JVM_OPTIONS, SecretProbe.class.getName(), List.of(
                kind.name(), Integer.toString(options.count()), Long.toString(options.seed() + round))),
                Map.of(), SECONDS_MAX);
        if (child.failure().isPresent()) {
            throw new IllegalStateException("the process with " + kind.label() + " failed: " + child.failure().get());
        }
        String refusal = child.answer().notes().get(SecretProbe.REFUSED);
        if (refusal != null) {
            throw new RefusedException(kind.label() + ": " + refusal);
        }
        Answer answer = child.answer();
        List<Count> counts = SecretProbe.MOMENTS.stream()
                .map(when -> new Count(when, Math.round(answer.figure(when + ".live")),
                        Math.round(answer.figure(when + ".pages")), Math.round(answer.figure(when + ".mappings"))))
                .toList();
        return new Sample(round + 1, kind.label(), counts, answer.figure("nanos"),
                counters(answer.figures(), SecretProbe.BEFORE), counters(answer.figures(), SecretProbe.AFTER));
    }

    private static Map<String, Long> counters(Map<String, Double> figures, String prefix) {
        Map<String, Long> counters = new TreeMap<>();
        figures.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                counters.put(name.substring(prefix.length()), Math.round(value));
            }
        });
        return counters;
    }

    private static Comparison comparison(List<Sample> samples, int index, ToDoubleFunction<Count> figure,
            double targetPercent) {
        List<Double> ours = values(samples, Kind.HEAP, index, figure);
        List<Double> theirs = values(samples, Kind.MAPPED, index, figure);
        List<Double> fewer = IntStream.range(0, ours.size())
                .mapToObj(round -> 100 * (1 - ours.get(round) / theirs.get(round)))
                .toList();
        return new Comparison(Spread.of(ours), Spread.of(theirs), Spread.of(fewer), targetPercent);
    }

    private static List<Double> values(List<Sample> samples, Kind kind, int index, ToDoubleFunction<Count> figure) {
        return samples.stream()
                .filter(sample -> sample.contender().equals(kind.label()))
                .map(sample -> figure.applyAsDouble(sample.counts().get(index)))
                .toList();
    }

    private static final class RefusedException extends CommandException {

        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(ExitCode.HOST, message);
        }
    }
}
