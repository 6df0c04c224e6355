package dev.ashlar.examples.assembler;

import dev.ashlar.Relocatable;

/** A field of code that depends on where the code, or what it refers to, is placed. */
public sealed interface Fixup {
    /**
     * The last 4 bytes of an instruction: the distance from its end to a target.
     *
     * @param offset where the field starts, in bytes
     * @param target the address to reach
     */
    record Rel32(long offset, long target) implements Fixup {}

    /**
     * An address of 8 bytes.
     *
     * @param offset where the field starts, in bytes
     * @param target the address to write
     */
    record Abs64(long offset, long target) implements Fixup {}

    /** Writes the field. */
    default void apply(Relocatable memory) {
        switch (this) {
            case Rel32(long offset, long target) -> memory.rel32(offset, target);
            case Abs64(long offset, long target) -> memory.abs64(offset, target);
        }
    }
}
