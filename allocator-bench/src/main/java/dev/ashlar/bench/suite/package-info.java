/**
 * What {@code ashlar bench} measures and how: {@link dev.ashlar.bench.suite.Experiment} says what, who takes part
 * ({@link dev.ashlar.bench.suite.Contender}) and what comes out; {@link dev.ashlar.bench.suite.Rounds} takes the
 * samples, each in a process of its own.
 *
 * <p>Contenders follow each other inside a round, so that what else goes on in the machine meets all of them, and the
 * order turns from round to round, so that none is always the first. A ratio is taken inside a round.
 *
 * <p>May import: child, rivals, the JSON library. Names benchmark classes, and knows nothing else of them.
 */
@NullMarked
package dev.ashlar.bench.suite;

import org.jspecify.annotations.NullMarked;
