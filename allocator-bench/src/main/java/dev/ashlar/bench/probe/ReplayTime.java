package dev.ashlar.bench.probe;

import dev.ashlar.bench.child.Answer;
import dev.ashlar.bench.replay.TimedReplay;
import dev.ashlar.bench.rivals.BackingWords;
import dev.ashlar.bench.rivals.CodeMemory;
import dev.ashlar.bench.rivals.CodeRival;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long an event of a trace takes, contents written and published.
 *
 * <p>Arguments: {@code memory}, {@code trace}.
 */
public final class ReplayTime {

    private static final int PASS_COUNT = 5;

    private ReplayTime() {}

    /** Measures and answers. */
    public static void main(String[] arguments) {
        Arguments given = Arguments.of(arguments);
        try (CodeMemory memory = CodeRival.of(given.word("memory")).open()) {
            Map<String, Double> figures = new HashMap<>();
            Map<String, String> notes = new TreeMap<>();
            figures.put("time", TimedReplay.nanosPerEvent(Traces.read(given.word("trace")), memory, PASS_COUNT));
            memory.stats().ifPresent(stats -> notes.put("backing", BackingWords.of(stats)));
            Answer.write(new Answer(figures, notes));
        }
    }
}
