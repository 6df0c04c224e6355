package dev.ashlar.heap;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Schedules the healing of one zone: full regions soon, idle ones after a while. It heals one region at a time and
 * pauses after each, because a collapse copies 2 MiB under the lock that every mmap of the process needs.
 */
final class Healer extends Chore {
    /**
     * Between two collapses. A collapse takes about a millisecond, so this bounds the load to a tenth of a processor.
     */
    private static final Duration PAUSE = Duration.ofMillis(10);
    /** Before a region that was refused is tried again. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    /** What is healed. */
    @FunctionalInterface
    interface Patient {
        /** Heals at most one region. */
        Step healOne();
    }

    /** The result of one step of healing. */
    enum Step {
        HEALED,
        /** The kernel did not make the region huge. */
        REFUSED,
        /** Every split region is still being filled. */
        WAITING,
        NOTHING_SPLIT
    }

    private final Patient patient;

    Healer(Patient patient) {
        this.patient = patient;
    }

    /** Schedules a step, because a region was split or a split one became full. */
    void wake() {
        wake(PAUSE);
    }

    @Override
    @Nullable Duration step() {
        return switch (patient.healOne()) {
            case HEALED -> PAUSE;
            case REFUSED, WAITING -> PAUSE_AFTER_FAILURE;
            case NOTHING_SPLIT -> null;
        };
    }
}
