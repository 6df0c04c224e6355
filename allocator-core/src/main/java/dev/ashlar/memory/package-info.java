/**
 * The words that every layer and every caller share: where a region's memory comes
 * from ({@link dev.ashlar.memory.Backing}), what a caller may ask for
 * ({@link dev.ashlar.memory.Memory}), how code gets into it ({@link dev.ashlar.memory.WritePath}), what may be done
 * with it where ({@link dev.ashlar.memory.Access}), and why the host refused something
 * ({@link dev.ashlar.memory.Refusal}).
 *
 * <p>Values only: nothing here calls the operating system, keeps state or imports another package of Ashlar, so that
 * region, buddy, slab and heap can all speak of the same things without knowing each other.
 */
@NullMarked
package dev.ashlar.memory;

import org.jspecify.annotations.NullMarked;
