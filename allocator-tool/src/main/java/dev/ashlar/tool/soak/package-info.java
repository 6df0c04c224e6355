/**
 * A soak test: threads take, use, hand over and end blocks of every heap, write path and lifetime at random, and each
 * result is compared with a model.
 *
 * <p>The model has two parts. A {@link dev.ashlar.tool.soak.Shadow} knows for every 16 bytes whether a live block has
 * them, so no two blocks overlap. A {@link dev.ashlar.tool.soak.Held} knows what its block contains and must do.
 * Between two phases no thread works; then {@link dev.ashlar.tool.soak.Soak} compares counts, bookkeeping and the
 * kernel's tables.
 *
 * <p>A {@link dev.ashlar.tool.soak.Subject} is a heap under test. A {@link dev.ashlar.tool.soak.Worker} is the work of
 * one thread; its random numbers follow from the seed and its number. Things that are held may change workers at any
 * time. May import: code, exit, memory, workload.
 */
@NullMarked
package dev.ashlar.tool.soak;

import org.jspecify.annotations.NullMarked;
