package dev.ashlar.memory;

/**
 * How often a block's code is expected to run. Hot code packed together needs fewer entries of the processor's
 * address-translation and instruction caches; code that runs once only takes their room. A hint: it decides where a
 * block goes while there is a choice, never whether it can be had.
 */
public enum Temperature {
    /** Runs often, or it is not known. */
    HOT,
    /** Runs rarely: initialisers, slow paths, deoptimisation and exception handlers. */
    COLD
}
