package dev.ashlar.bench.chart;

import java.util.List;

/** Colors: Ashlar stands out, and people with red-green color blindness can distinguish the rest (Okabe and Ito). */
final class Palette {

    private static final String OURS = "#d55e00";
    private static final List<String> RIVALS = List.of("#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00",
            "#7a7a7a", "#44449b", "#8c6d31", "#117733", "#882255");

    private Palette() {}

    /** {@return the color of a series by its index; 0 is Ashlar} */
    static String of(int series) {
        return series == 0 ? OURS : RIVALS.get((series - 1) % RIVALS.size());
    }
}
