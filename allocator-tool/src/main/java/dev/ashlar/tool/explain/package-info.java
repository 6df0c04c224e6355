/**
 * Explains a crash after the process has ended: {@link dev.ashlar.tool.explain.CrashLog} reads the log that HotSpot
 * writes, {@link dev.ashlar.tool.explain.SymbolImage} the symbol file that a heap kept, and
 * {@link dev.ashlar.tool.explain.Explanation} says what lay at each address that matters. May import: exit.
 */
@NullMarked
package dev.ashlar.tool.explain;

import org.jspecify.annotations.NullMarked;
