package dev.ashlar.bench.jmh;

import dev.ashlar.bench.filters.FilterSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** How fast does compiled code select rows? The time is that of a row. */
@State(Scope.Thread)
public class FilterBenchmark extends SteadyState {

    /** Who compiles the filters. */
    @Param({"ashlar", "ashlar-scalar", "method-handles", "hidden-classes", "hidden-classes-no-jumps"})
    String memory = FilterSet.ASHLAR;

    /** The number of filters, which are called in turn. */
    @Param({"64", "1"})
    int filters;

    /** Calls of each filter before the measurement: the JVM compiles a method for good after 600. */
    int callsBefore = 2_000;

    private FilterSet set;
    private int next;

    /** Compiles and checks the filters, and calls them until the JVM has compiled them as well. */
    @Setup
    public void compile() throws Throwable {
        set = new FilterSet(memory, filters);
        for (int call = 0; call < callsBefore * filters; call++) {
            select();
        }
    }

    /** Returns the number of selected rows to JMH. */
    @Benchmark
    @OperationsPerInvocation(FilterSet.ROW_COUNT)
    public int select() throws Throwable {
        next = next + 1 < filters ? next + 1 : 0;
        return set.select(next);
    }

    /** Closes the heap. */
    @TearDown
    public void close() {
        set.close();
    }
}
