/**
 * The commands {@code ashlar bench} and {@code ashlar jmh}: options, progress and output for people. They share the
 * launcher, the exit codes and the error messages of {@code dev.ashlar.tool.cli}.
 */
@NullMarked
package dev.ashlar.bench.cli;

import org.jspecify.annotations.NullMarked;
