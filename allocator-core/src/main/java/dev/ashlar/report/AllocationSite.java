package dev.ashlar.report;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A place in the program that took blocks which are live.
 *
 * @param stack the callers, innermost first, without those inside Ashlar; at most eight
 * @param blockCount live blocks that were taken there
 * @param byteSize the bytes that were asked for, of all these blocks together
 */
public record AllocationSite(List<StackTraceElement> stack, long blockCount, long byteSize) {

    /** Copies the list, so that a site never changes. */
    public AllocationSite {
        stack = List.copyOf(stack);
    }

    @Override
    public String toString() {
        String blocks = blockCount == 1 ? "block" : "blocks";
        return stack.stream()
                .map(frame -> System.lineSeparator() + "    at " + frame)
                .collect(Collectors.joining("", "%,d %s, %,d bytes".formatted(blockCount, blocks, byteSize), ""));
    }
}
