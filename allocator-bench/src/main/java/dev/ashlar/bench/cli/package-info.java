/**
 * The {@code ashlar} command: options, output for people and for programs, exit codes. What a command does stands in a
 * package of its own ({@link dev.ashlar.bench.demo}, {@link dev.ashlar.bench.doctor}, {@link dev.ashlar.bench.replay});
 * what is here reads arguments and prints results.
 */
@NullMarked
package dev.ashlar.bench.cli;

import org.jspecify.annotations.NullMarked;
