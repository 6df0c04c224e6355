package dev.ashlar.tool.figures;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a row meets its target.
 *
 * @param what the target in words
 * @param row the row's id
 * @param title the row's title
 * @param unit the row's unit
 * @param ours Ashlar's figure; null if it was not measured
 * @param against whose figure the limit is a multiple of; empty if the limit is absolute
 * @param theirs that figure; null if there is none
 * @param measured what is compared with the limit, over the rounds: the ratio, or Ashlar's figure; null if there is
 *     none
 * @param limit the maximum
 * @param state whether the target is met
 * @param reason why something was not measured, or empty
 */
public record Verdict(String what, String row, String title, String unit, @Nullable Double ours, String against,
        @Nullable Double theirs, @Nullable Spread measured, double limit, State state, String reason) {

    /** Whether a target is met. */
    public enum State {
        /** The target is met. */
        HELD,
        /** The target is not met, or Ashlar could not be measured. */
        MISSED,
        /** The rival could not be measured. */
        UNKNOWN;

        /** {@return the state of two measurements together: one miss is enough, and an unknown one does not count} */
        public State and(State other) {
            return other == MISSED || this == UNKNOWN ? other : this;
        }

        /** {@return held, missed or unknown} */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@return Ashlar's figure, or the reason why there is none} */
    public String oursText() {
        return ours == null ? reason : Units.figure(ours, unit);
    }

    /** {@return the name and the figure of the other, or the reason why there is none; empty for an absolute limit} */
    public String againstText() {
        if (against.isEmpty()) {
            return "";
        }
        String none = reason.isEmpty() ? "none" : reason;
        return against + ": " + (theirs == null ? none : Units.figure(theirs, unit));
    }

    /** {@return what is compared with the limit, with its range; or a dash} */
    public String measuredText() {
        if (measured == null) {
            return "-";
        }
        String text = text(measured.median());
        return measured.min() == measured.max() ? text : "%s (%s-%s%s)".formatted(text, text(measured.min()),
                text(measured.max()), measured.min() <= limit && limit < measured.max() ? ", crosses" : "");
    }

    /** {@return the maximum} */
    public String limitText() {
        return text(limit);
    }

    private String text(double value) {
        return against.isEmpty() && unit.equals("ns") ? Units.nanos(value) : Units.ratio(value);
    }
}
