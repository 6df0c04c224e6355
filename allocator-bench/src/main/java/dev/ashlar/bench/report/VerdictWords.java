package dev.ashlar.bench.report;

import dev.ashlar.tool.figures.Verdict;
import java.util.Locale;

/** The parts of a verdict in words. */
public final class VerdictWords {

    private VerdictWords() {}

    /** {@return held, missed or unknown} */
    public static String state(Verdict verdict) {
        return verdict.state().name().toLowerCase(Locale.ROOT);
    }

    /** {@return our figure, or why there is none} */
    public static String ours(Verdict verdict) {
        Double ours = verdict.ours();
        return ours == null ? verdict.reason() : Quantity.text(ours, verdict.unit());
    }

    /** {@return whose figure it is held against, and the figure or why there is none; empty where nobody's} */
    public static String against(Verdict verdict) {
        if (verdict.against().isEmpty()) {
            return "";
        }
        Double theirs = verdict.theirs();
        return verdict.against() + ": " + (theirs == null
                ? verdict.reason().isEmpty() ? "none" : verdict.reason()
                : Quantity.text(theirs, verdict.unit()));
    }

    /** {@return what is held against the limit; a dash where there is nothing} */
    public static String measured(Verdict verdict) {
        Double measured = verdict.measured();
        return measured == null ? "-" : Quantity.ratio(measured);
    }
}
