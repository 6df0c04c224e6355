/**
 * The {@code ashlar} command: options, output for people and for programs, exit codes. What a command does stands in a
 * package of its own ({@link dev.ashlar.tool.demo}, {@link dev.ashlar.tool.doctor}, {@link dev.ashlar.tool.replay});
 * what is here reads arguments and prints results.
 */
@NullMarked
package dev.ashlar.tool.cli;

import org.jspecify.annotations.NullMarked;
