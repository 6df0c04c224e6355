package dev.ashlar.tool.mappings;

import dev.ashlar.report.AshlarException;
import dev.ashlar.tool.exit.CommandException;
import dev.ashlar.tool.mappings.Workload.Plan;
import dev.ashlar.tool.mappings.Workload.Victims;
import java.util.function.Supplier;

/**
 * The measurement of one cell: runs its workload until the code is compiled and once more, and gives the figures of the
 * last run.
 */
record CellRun(Cell cell, int functionCount, long seed) implements Supplier<CellFigures> {

    /** The property that shortens the repetitions, for tests that look at counts only. */
    static final String WARM_UP_PROPERTY = "ashlar.warmUpNanos";

    /** Long enough for the compiler to finish, short enough to wait for. */
    private static final long WARM_UP_NANOS = 1_500_000_000L;

    private static final int LOOK_COUNT = 100;

    /**
     * Measures in this process.
     *
     * @throws CommandException if the kernel refuses memory to a naive method
     * @throws AshlarException if this host cannot provide the heap
     */
    @Override
    public CellFigures get() {
        long warmUpNanos = Long.getLong(WARM_UP_PROPERTY, WARM_UP_NANOS);
        long start = System.nanoTime();
        while (System.nanoTime() - start < warmUpNanos) {
            once();
        }
        return once();
    }

    /** {@return the figures of one run in this process; throws as {@link #get}} */
    CellFigures once() {
        Functions functions = new Functions(functionCount, functionCount / 2, seed);
        Plan plan = new Plan(cell.functionsPerPublication(), cell.openCount(), LOOK_COUNT, Victims.RANDOM, seed);
        try (PublishMethod method = PublishMethod.of(cell, functions.count())) {
            return Workload.run(plan, method, cell.backing(), functions, () -> {});
        }
    }
}
