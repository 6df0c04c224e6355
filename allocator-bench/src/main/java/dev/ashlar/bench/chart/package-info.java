/**
 * Charts as SVG: lines over two logarithmic axes ({@link dev.ashlar.bench.chart.LineChart}) and bars
 * ({@link dev.ashlar.bench.chart.BarChart}).
 *
 * <p>Java's chart libraries draw with AWT, which needs a desktop module and fonts that a server's JDK does not have.
 *
 * <p>Imports nothing, and knows nothing of what is shown.
 */
@NullMarked
package dev.ashlar.bench.chart;

import org.jspecify.annotations.NullMarked;
