package dev.ashlar.memory;

/** What some code heaps serve and others do not: it depends on write path, memory and kernel. */
public enum Feature {
    /** Blocks, units and {@code define}. Every heap serves batches; IN_PLACE on hugetlb serves nothing else. */
    BLOCKS,
    /** Batches whose sections are written at the addresses at which they will be used: IN_PLACE. */
    WRITE_IN_PLACE,
    /** An address at which other code can write a block until it is published: all paths but POKE. */
    WRITABLE_ADDRESS,
    /** {@code patch}, the change of published code: ALIAS, if the kernel has membarrier(2) for code. */
    PATCH,
    /** Trampolines: if the heap serves blocks and was built with room for data. */
    TRAMPOLINES
}
