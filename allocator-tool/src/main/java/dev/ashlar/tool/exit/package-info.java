/**
 * How the process ends: the exit codes, and the exception that carries one. A package that finds wrong input or a host
 * that cannot do the work throws a {@link dev.ashlar.tool.exit.CommandException}; the command line prints its message.
 */
@NullMarked
package dev.ashlar.tool.exit;

import org.jspecify.annotations.NullMarked;
