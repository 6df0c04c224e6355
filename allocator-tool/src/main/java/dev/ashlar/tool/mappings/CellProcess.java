package dev.ashlar.tool.permissions;

import com.google.gson.Gson;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.memory.MemoryRefusedException;
import java.util.Map;

/**
 * The process of one cell: runs its course until the code is compiled and once more, and answers with what was seen of
 * the last, or with the reason why this host cannot serve it.
 *
 * <p>Arguments: the cell's id, the number of functions, the seed.
 */
public final class CellProcess {

    /** The note that holds the figures as JSON. */
    static final String FIGURES = "figures";
    /** The note that says why there are none. */
    static final String LACKING = "lacking";

    /** Long enough for the compiler to be done, short enough to wait for. */
    private static final long WARM_UP_NANOS = 1_500_000_000L;

    private CellProcess() {}

    /** Measures and answers. */
    public static void main(String[] arguments) {
        int functionCount = Integer.parseInt(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        Cell cell = Cell.all(functionCount).stream()
                .filter(one -> one.id().equals(arguments[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such cell: " + arguments[0]));
        try {
            long start = System.nanoTime();
            while (System.nanoTime() - start < WARM_UP_NANOS) {
                run(cell, functionCount, seed);
            }
            Answer.write(new Answer(Map.of(), Map.of(FIGURES, new Gson().toJson(run(cell, functionCount, seed)))));
        } catch (LackingException | MemoryRefusedException | HeapExhaustedException lacking) {
            Answer.note(LACKING, String.valueOf(lacking.getMessage()));
        }
    }

    /**
     * {@return what is seen of a cell in this process}
     *
     * @throws LackingException if this host lacks what it needs
     */
    static CellFigures run(Cell cell, int functionCount, long seed) {
        Functions functions = new Functions(functionCount, seed);
        try (Way way = Ways.open(cell, functions.count())) {
            return Course.run(cell, way, functions, seed, Libc.system());
        }
    }
}
