package dev.ashlar.llvm;

import java.util.List;

/**
 * What a process was before its JVM started.
 *
 * @param ignoredSignals the signals that it ignored, a bit each from bit 0 for signal 1, as {@code SigIgn} in
 *     {@code /proc/self/status}
 * @param closedStreams the standard streams that were closed, each 0 to 2, in whose place something else is open now
 */
public record ProcessBefore(long ignoredSignals, List<Integer> closedStreams) {

    /** Copies the list. */
    public ProcessBefore {
        closedStreams = List.copyOf(closedStreams);
    }
}
