/** Placeholder. */
@org.jspecify.annotations.NullMarked
package dev.ashlar.stubs;
