package dev.ashlar.report;

import java.util.Optional;

/**
 * Code that a heap holds: a live block, or a named part of one.
 *
 * @param address its first address, where it runs
 * @param byteSize the bytes that a block may use, or those of the part
 * @param name its name; empty if it has none
 */
public record LiveCode(long address, long byteSize, Optional<String> name) {}
