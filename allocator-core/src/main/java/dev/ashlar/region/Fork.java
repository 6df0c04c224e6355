package dev.ashlar.region;

import dev.ashlar.report.ForkedProcessException;
import dev.ashlar.stubs.OwnProcess;

/**
 * Keeps a fork of the process from the parent's memory and files. Checked before each call that reaches them: it costs
 * one load.
 */
public final class Fork {
    private Fork() {}

    /**
     * Throws in a fork of the process that built the heaps.
     *
     * @throws ForkedProcessException if this process is a fork
     */
    public static void refuse() {
        if (OwnProcess.isFork()) {
            throw ForkedProcessException.of(OwnProcess.id());
        }
    }
}
