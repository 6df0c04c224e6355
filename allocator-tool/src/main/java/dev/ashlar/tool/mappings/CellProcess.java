package dev.ashlar.tool.mappings;

import dev.ashlar.tool.child.Measurement;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.mappings.Workload.Plan;
import dev.ashlar.tool.mappings.Workload.Victims;

/**
 * The process of one cell: runs its workload until the code is compiled and once more, and answers with the figures of
 * the last run, or with the reason why this host cannot run it. Arguments: cell id, number of functions, seed.
 */
public final class CellProcess {

    /** The property that shortens the repetitions, for tests that look at counts only. */
    static final String WARM_UP_PROPERTY = "ashlar.warmUpNanos";

    /** Long enough for the compiler to finish, short enough to wait for. */
    private static final long WARM_UP_NANOS = 1_500_000_000L;

    private static final int LOOK_COUNT = 100;

    private CellProcess() {}

    /** Measures and answers. */
    public static void main(String[] arguments) {
        int functionCount = Integer.parseInt(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        Cell cell = Cell.all(functionCount).stream()
                .filter(one -> one.id().equals(arguments[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such cell: " + arguments[0]));
        Measurement.answer(() -> {
            long warmUpNanos = Long.getLong(WARM_UP_PROPERTY, WARM_UP_NANOS);
            long start = System.nanoTime();
            while (System.nanoTime() - start < warmUpNanos) {
                run(cell, functionCount, seed);
            }
            return run(cell, functionCount, seed);
        });
    }

    /**
     * Runs a cell once, in this process.
     *
     * @throws CommandException if this host cannot run it
     */
    static CellFigures run(Cell cell, int functionCount, long seed) {
        Functions functions = new Functions(functionCount, functionCount / 2, seed);
        Plan plan = new Plan(cell.functionsPerPublication(), cell.openCount(), LOOK_COUNT, Victims.RANDOM, seed);
        try (PublishMethod method = PublishMethod.of(cell, functions.count())) {
            return Workload.run(plan, method, cell.backing(), functions, _ -> {});
        }
    }
}
