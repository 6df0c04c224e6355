/**
 * Charts as SVG: lines over two logarithmic axes ({@link dev.ashlar.bench.chart.LineChart}) and bars
 * ({@link dev.ashlar.bench.chart.BarChart}).
 *
 * <p>Charting libraries for Java draw with AWT, which needs a desktop module and fonts that a server's JDK does not
 * have. What is drawn here is text and rectangles, and SVG is text.
 *
 * <p>May import: nothing. Knows nothing of what is shown.
 */
@NullMarked
package dev.ashlar.bench.chart;

import org.jspecify.annotations.NullMarked;
