package dev.ashlar.buddy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** All counts of a {@link RunAllocator}, to compare before and after. */
public record RunCounts(int committed, int empty, long freePages, int largestFree, List<Long> freeByOrder) {

    public static RunCounts of(RunAllocator runs) {
        LongStream freeByOrder = IntStream.rangeClosed(0, RunAllocator.MAX_ORDER).mapToLong(runs.figures()::freeCount);
        return new RunCounts(
                runs.committedRegionCount(),
                runs.emptyRegionCount(),
                runs.freePageCount(),
                runs.figures().largestFreePageCount(),
                freeByOrder.boxed().toList());
    }
}
