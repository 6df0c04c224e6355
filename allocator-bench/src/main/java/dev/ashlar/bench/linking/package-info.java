/**
 * LLVM as a load: modules that are compiled, or objects that are linked, into a heap of Ashlar or into the memory that
 * LLVM itself manages. Both take the same modules, in the same version of LLVM, and one thread at a time.
 */
@NullMarked
package dev.ashlar.bench.linking;

import org.jspecify.annotations.NullMarked;
