/**
 * An example for each lifetime: who ends code, and what protects a call that runs. Each class has a {@code main}. Only
 * {@link dev.ashlar.examples.lifetime.RetiredExample} has a
 * second thread, which calls code.
 */
@NullMarked
package dev.ashlar.examples.lifetime;

import org.jspecify.annotations.NullMarked;
