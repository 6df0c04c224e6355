/**
 * What a caller asks for: the domain of a piece of memory ({@link dev.ashlar.memory.Domain}), the kind of memory
 * ({@link dev.ashlar.memory.MemoryDemand}, {@link dev.ashlar.memory.Backing}), how code is written
 * ({@link dev.ashlar.memory.WritePath}), how it is protected ({@link dev.ashlar.memory.Hardening}), where constants and
 * cold code lie; and what the host refused ({@link dev.ashlar.memory.Refusal}).
 *
 * <p>Values only: nothing here calls the operating system or keeps state, and nothing here imports another package of
 * Ashlar. So region, buddy, slab and heap share these words and need not know each other.
 */
@NullMarked
package dev.ashlar.memory;

import org.jspecify.annotations.NullMarked;
