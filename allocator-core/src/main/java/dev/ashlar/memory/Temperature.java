package dev.ashlar.memory;

/**
 * How often a block's code is expected to run. Hot code that is packed together needs fewer entries of the processor's
 * address-translation and instruction caches; cold code would only take room there. It is a hint: it decides where a
 * block goes if there is a choice, never whether the block can be allocated.
 */
public enum Temperature {
    /** The code runs often, or it is not known how often. */
    HOT,
    /** The code runs rarely: initialisers, slow paths, deoptimisation and exception handlers. */
    COLD
}
