/**
 * What {@code ashlar bench} found: samples put together to rows and ratios ({@link dev.ashlar.bench.report.Tally}),
 * held against the targets ({@link dev.ashlar.bench.report.Targets}), written as JSON, as a table and as a page.
 *
 * <p>A ratio is ours over the rival's, taken inside each round; its median over the rounds is quoted. Less is better.
 *
 * <p>May import: suite, chart, doctor for the host's facts, the JSON library. Measures nothing.
 */
@NullMarked
package dev.ashlar.bench.report;

import org.jspecify.annotations.NullMarked;
