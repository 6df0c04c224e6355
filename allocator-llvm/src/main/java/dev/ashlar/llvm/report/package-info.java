/**
 * What goes wrong with LLVM: it is not there ({@link dev.ashlar.llvm.report.LlvmUnavailableException}), or it refuses
 * what it was given ({@link dev.ashlar.llvm.report.LlvmException}).
 */
@NullMarked
package dev.ashlar.llvm.report;

import org.jspecify.annotations.NullMarked;
