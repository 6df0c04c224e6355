/**
 * What {@code ashlar bench} measures and how. An {@link dev.ashlar.bench.suite.Experiment} says what is measured and
 * which {@link dev.ashlar.bench.suite.Contender}s take part; {@link dev.ashlar.bench.suite.Rounds} takes the samples,
 * each in its own process.
 *
 * <p>Contenders follow each other within a round, so that other work on the machine affects all of them, and each round
 * starts with another contender. Ratios are taken within a round.
 *
 * <p>May import: filters, rivals, the tool. Knows only the names of the benchmark classes.
 */
@NullMarked
package dev.ashlar.bench.suite;

import org.jspecify.annotations.NullMarked;
