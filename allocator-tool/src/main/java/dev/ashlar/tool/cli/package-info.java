/**
 * The {@code ashlar} command: options, output for people and for programs, exit codes. The commands are {@code demo}
 * and {@code permissions} ({@code dev.ashlar.tool.mappings}), {@code doctor}, {@code replay} and {@code secret} (each
 * in a package of its name), and {@code bench} and {@code jmh}, which the module {@code dev.ashlar.bench} adds. A class
 * {@code ...Command} reads options, a class {@code ...Text} prints a result; neither measures.
 */
@NullMarked
package dev.ashlar.tool.cli;

import org.jspecify.annotations.NullMarked;
