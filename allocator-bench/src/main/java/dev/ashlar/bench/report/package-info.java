/**
 * The result of {@code ashlar bench}: combines samples to rows and ratios ({@link dev.ashlar.bench.report.Rows}),
 * judges them by the targets ({@link dev.ashlar.bench.report.Targets}), and writes JSON, charts and a page
 * ({@link dev.ashlar.bench.report.ResultFile}).
 *
 * <p>A ratio is Ashlar's figure over the rival's in one round; the median of the rounds counts. Less is better.
 *
 * <p>May import: suite, chart, rivals, the tool, the JSON library. Measures nothing.
 */
@NullMarked
package dev.ashlar.bench.report;

import org.jspecify.annotations.NullMarked;
