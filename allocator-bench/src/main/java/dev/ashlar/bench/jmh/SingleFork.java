package dev.ashlar.bench.jmh;

import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.figures.Spread;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/** Runs one benchmark with arguments of JMH, and answers with its figure. */
public final class SingleFork {

    private SingleFork() {}

    /** Answers with the median of the iterations: the mean would include disturbed ones. */
    public static void main(String[] arguments) throws CommandLineOptionException, RunnerException {
        RunResult result = new Runner(new CommandLineOptions(arguments)).runSingle();
        String unit = result.getPrimaryResult().getScoreUnit();
        if (!unit.equals("ns/op")) {
            throw new IllegalArgumentException("expected nanoseconds per operation: unit=" + unit);
        }
        Spread nanos = Spread.of(result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .map(iteration -> iteration.getPrimaryResult().getScore()).toList());
        Answer.write(new Answer(Map.of("time", nanos.median()), Map.of()));
    }
}
