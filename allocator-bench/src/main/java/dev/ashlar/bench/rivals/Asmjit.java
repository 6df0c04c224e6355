package dev.ashlar.bench.rivals;

/**
 * asmjit's JitAllocator, one way of calling it. Addresses are numbers; what a function reports by null is 0 here.
 */
sealed interface Asmjit permits OrdinaryAsmjit, CriticalAsmjit {

    /** How asmjit maps its memory. */
    enum Mapping {
        /** Once: writable and executable at the same address. asmjit's default. */
        SINGLE,
        /** Twice: written at one address, run at another. */
        DUAL
    }

    long open(Mapping mapping);

    /** The executable address; {@code writableOut} is where to put the writable one, or 0 for not at all. */
    long allocate(long allocator, long byteSize, long writableOut);

    long writable(long allocator, long address);

    int release(long allocator, long address);

    void close(long allocator);
}
