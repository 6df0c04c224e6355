/**
 * A JIT compiler written for reading: it compiles predicates over columns of numbers to loops in machine code.
 *
 * <p>Read the classes in this order:
 * <ol>
 * <li>{@link dev.ashlar.examples.filter.Value} and {@link dev.ashlar.examples.filter.Predicate}: what is compiled.
 * {@link dev.ashlar.examples.filter.Table} is what it runs on.</li>
 * <li>{@link dev.ashlar.examples.filter.Interpreter}: what a predicate means.</li>
 * <li>{@code X86Code}: instructions as bytes, with fields to fix up later. {@code MachineCode} is the result.</li>
 * <li>{@code RegisterPlan}, {@code ScalarCompiler}, {@code VectorCompiler}: two compilers, simple and fast.</li>
 * <li>{@code Placer} and {@code Version}: from bytes to code that runs. All calls that take code memory are here.</li>
 * <li>{@link dev.ashlar.examples.filter.FilterEngine} and {@link dev.ashlar.examples.filter.Filter}: tier-up through a
 * trampoline. {@link dev.ashlar.examples.filter.FilterThread} calls filters.</li>
 * <li>{@code OldVersions}: how a version that was replaced is freed while other threads may still run it.</li>
 * </ol>
 *
 * <p><b>Invariants.</b> The trampoline of a filter leads to its current version at all times. A version that was
 * replaced is freed only after each registered thread was quiescent. Each version selects the same rows as the
 * interpreter.
 *
 * <p><b>Locking.</b> A filter is compiled under its own lock; calls take none. Old versions have a lock, which is taken
 * inside that of a filter.
 */
@NullMarked
package dev.ashlar.examples.filter;

import org.jspecify.annotations.NullMarked;
