package dev.ashlar.tool.figures;

import org.jspecify.annotations.Nullable;

/**
 * Whether a row holds its target.
 *
 * @param what the target in words
 * @param row the row's id
 * @param title the row's title
 * @param unit the row's unit
 * @param ours our figure; null where it was not measured
 * @param against whose figure the limit is a multiple of; empty where it is a figure of its own
 * @param theirs that figure; null where there is none
 * @param measured what is held against the limit: the ratio, or our figure; null where there is none
 * @param limit the most that is allowed
 * @param state how it stands
 * @param reason why it is not known, or empty
 */
public record Verdict(String what, String row, String title, String unit, @Nullable Double ours, String against,
        @Nullable Double theirs, @Nullable Double measured, double limit, State state, String reason) {

    /** How a target stands. */
    public enum State {
        /** It was measured, and it is so. */
        HELD,
        /** It was measured, and it is not so; or ours failed. */
        MISSED,
        /** The rival was not there to be measured. */
        UNKNOWN
    }
}
