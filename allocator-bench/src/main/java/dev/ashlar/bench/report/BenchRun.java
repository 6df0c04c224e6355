package dev.ashlar.bench.report;

import dev.ashlar.bench.report.BenchResult.Row;
import dev.ashlar.bench.report.BenchResult.Run;
import dev.ashlar.bench.suite.EarlierCore;
import dev.ashlar.bench.suite.ProcessSampler;
import dev.ashlar.bench.suite.Rounds;
import dev.ashlar.bench.suite.Sample;
import dev.ashlar.bench.suite.Suite;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One run, from the first sample to the result.
 *
 * @param rounds at least 1
 * @param before the allocator of the contender {@code before}
 * @param command the arguments, for the result
 */
public record BenchRun(Suite suite, int rounds, EarlierCore before, String command) {

    /**
     * Measures. Returns the result.
     *
     * @param progress called before every sample
     * @param soFar called after every round with the result so far
     */
    public BenchResult measure(Consumer<Rounds.Step> progress, Consumer<BenchResult> soFar) {
        Map<String, String> host = HostNotes.read();
        double load = HostNotes.load();
        long startNanos = System.nanoTime();
        Function<List<Sample>, BenchResult> result = samples -> {
            List<Row> rows = Rows.of(suite.experiments(), samples);
            long seconds = (System.nanoTime() - startNanos) / 1_000_000_000;
            String date = Instant.now().truncatedTo(ChronoUnit.MINUTES).toString();
            Run run = new Run(command, date, HostNotes.commit(), rounds, seconds, load, host);
            return new BenchResult(run, rows, Targets.judge(rows));
        };
        ProcessSampler sampler = new ProcessSampler(suite.timing(), before);
        return result.apply(Rounds.run(suite, rounds, sampler::take, progress,
                samples -> soFar.accept(result.apply(samples))));
    }
}
