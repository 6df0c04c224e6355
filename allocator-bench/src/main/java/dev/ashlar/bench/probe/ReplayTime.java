package dev.ashlar.bench.probe;

import dev.ashlar.bench.rivals.BackingWords;
import dev.ashlar.bench.rivals.CodeRival;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.BlockMemory;
import dev.ashlar.tool.replay.TimedReplay;
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
        try (BlockMemory memory = CodeRival.of(given.word("memory")).open()) {
            Map<String, Double> figures = new HashMap<>();
            Map<String, String> notes = new TreeMap<>();
            figures.put("time", TimedReplay.nanosPerEvent(Traces.read(given.word("trace")), memory, PASS_COUNT));
            memory.stats().ifPresent(stats -> notes.put("backing", BackingWords.of(stats)));
            Answer.write(new Answer(figures, notes));
        }
    }
}
