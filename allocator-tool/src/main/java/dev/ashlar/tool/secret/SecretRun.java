package dev.ashlar.tool.secret;

import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.figures.Spread;
import dev.ashlar.tool.secret.SecretResult.Comparison;
import dev.ashlar.tool.secret.SecretResult.Count;
import dev.ashlar.tool.secret.SecretResult.Sample;
import dev.ashlar.tool.secret.SecretResult.Sight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Measures both contenders round by round, each in a fresh process, beginning with the other one each round. */
public final class SecretRun {
    /** Fewer pages taken off the kernel's map for each live byte, and fewer mappings, in percent. */
    private static final double PAGES_TARGET_PERCENT = 90;

    private static final double MAPPINGS_TARGET_PERCENT = 98;

    private static final List<String> JVM_OPTIONS = List.of("-Xms64m", "-Xmx64m", "-XX:+UseSerialGC");
    private static final long SECONDS_MAX = 120;

    private final SecretOptions options;
    private final Consumer<String> progress;

    private SecretRun(SecretOptions options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param progress told what happens next, in a few words
     * @throws SecretRefusedException if the host does not give a contender what it needs
     */
    public static SecretResult run(SecretOptions options, Consumer<String> progress) {
        return new SecretRun(options, progress).run();
    }

    private SecretResult run() {
        List<Sample> samples = new ArrayList<>();
        List<Contender> contenders = List.of(Contender.values());
        for (int round = 0; round < options.rounds(); round++) {
            for (int turn = 0; turn < contenders.size(); turn++) {
                samples.add(take(round, contenders.get((turn + round) % contenders.size())));
            }
        }
        List<Sight> sights = IntStream.range(0, SecretChild.SIGHTS.size())
                .mapToObj(index -> sight(samples, index))
                .toList();
        boolean holds = sights.stream().allMatch(sight -> sight.pages().holds() && sight.mappings().holds());
        Host host = Host.read();
        return new SecretResult(
                release(host.kernel()), host.jdk(), options.count(), options.rounds(), options.seed(), samples, sights,
                holds);
    }

    /** The version alone: what a builder appended says nothing to a reader elsewhere. */
    private static String release(String kernel) {
        return kernel.replaceFirst("-.*", "");
    }

    private Sample take(int round, Contender contender) {
        progress.accept("round " + (round + 1) + " of " + options.rounds() + ": " + contender.label());
        Answer answer = answer(contender, options.seed() + round);
        String refusal = answer.notes().get(SecretChild.REFUSED);
        if (refusal != null) {
            throw new SecretRefusedException(contender.label(), refusal);
        }
        Map<String, Double> figures = answer.figures();
        List<Count> counts = SecretChild.SIGHTS.stream()
                .map(when -> new Count(
                        when,
                        figure(figures, when + ".live"),
                        figure(figures, when + ".pages"),
                        figure(figures, when + ".mappings")))
                .toList();
        return new Sample(
                round + 1,
                contender.label(),
                counts,
                figures.getOrDefault("nanos", Double.NaN),
                counters(figures, SecretChild.BEFORE),
                counters(figures, SecretChild.AFTER));
    }

    private Answer answer(Contender contender, long seed) {
        try {
            Path folder = Files.createTempDirectory("ashlar-secret-");
            Path answer = folder.resolve("answer.jsonl");
            Path output = folder.resolve("output.txt");
            try {
                List<String> command = ChildJvm.command(JVM_OPTIONS, SecretChild.class.getName(), List.of(
                        contender.name(), Integer.toString(options.count()), Long.toString(seed)));
                OptionalInt exitCode =
                        ChildJvm.run(command, Map.of(Answer.VARIABLE, answer.toString()), output, SECONDS_MAX);
                if (exitCode.isEmpty() || exitCode.getAsInt() != 0) {
                    throw new IllegalStateException("the process with " + contender.label() + " failed: "
                            + Files.readString(output).strip());
                }
                return Answer.read(answer);
            } finally {
                Files.deleteIfExists(answer);
                Files.deleteIfExists(output);
                Files.delete(folder);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("the files of a process", failed);
        }
    }

    private static long figure(Map<String, Double> figures, String name) {
        return Math.round(figures.getOrDefault(name, Double.NaN));
    }

    private static Map<String, Long> counters(Map<String, Double> figures, String moment) {
        Map<String, Long> counters = new TreeMap<>();
        figures.forEach((name, value) -> {
            if (name.startsWith(moment)) {
                counters.put(name.substring(moment.length()), Math.round(value));
            }
        });
        return counters;
    }

    private Sight sight(List<Sample> samples, int index) {
        return new Sight(
                SecretChild.SIGHTS.get(index),
                comparison(samples, index, Count::pagesPerLiveKib, PAGES_TARGET_PERCENT),
                comparison(samples, index, Count::mappings, MAPPINGS_TARGET_PERCENT));
    }

    private Comparison comparison(
            List<Sample> samples, int index, ToDoubleFunction<Count> figure, double targetPercent) {
        List<Double> ours = values(samples, Contender.HEAP, index, figure);
        List<Double> theirs = values(samples, Contender.MAPPED, index, figure);
        List<Double> fewer = IntStream.range(0, options.rounds())
                .mapToObj(round -> 100 * (1 - ours.get(round) / theirs.get(round)))
                .toList();
        return new Comparison(Spread.of(ours), Spread.of(theirs), Spread.of(fewer), targetPercent);
    }

    /** In the order of the rounds, of which each has one. */
    private static List<Double> values(
            List<Sample> samples, Contender contender, int index, ToDoubleFunction<Count> figure) {
        return samples.stream()
                .filter(sample -> sample.contender().equals(contender.label()))
                .map(sample -> figure.applyAsDouble(sample.counts().get(index)))
                .toList();
    }
}
