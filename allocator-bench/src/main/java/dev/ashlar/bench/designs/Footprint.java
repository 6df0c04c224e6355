package dev.ashlar.bench.designs;

/**
 * What a design occupies at one moment.
 *
 * @param heldByteSize bytes of pages in use: those that a live block's place touches, or that serve nothing but one
 * @param committedByteSize bytes of memory committed
 * @param regions regions of 2 MiB that are committed or lie around what is
 * @param vmas mappings of one view: neighbours with the same permissions are one
 * @param metadataByteSize bytes of bookkeeping for what is committed, an estimate of what its records need
 */
record Footprint(long heldByteSize, long committedByteSize, int regions, int vmas, long metadataByteSize) {}
