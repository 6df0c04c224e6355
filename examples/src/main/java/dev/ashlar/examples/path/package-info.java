/**
 * An example for each write path: how code gets into memory that is never writable where it runs. Each class has a
 * {@code main}; {@link dev.ashlar.examples.path.Answer} has the code that they place. No example shares memory between
 * threads.
 */
@NullMarked
package dev.ashlar.examples.path;

import org.jspecify.annotations.NullMarked;
