package dev.ashlar.examples.filter;

import java.util.List;

/**
 * What a compiler emits: bytes that can be placed anywhere, and what depends on the place.
 *
 * @param code the instructions
 * @param constants read-only data of the code; may be empty
 * @param fixups fields of the code that hold distances
 */
// ArrayRecordComponent: the arrays are never compared or changed.
@SuppressWarnings("ArrayRecordComponent")
record MachineCode(byte[] code, byte[] constants, List<Fixup> fixups) {
    /**
     * A field of 4 bytes at the end of an instruction: the distance from there to a target.
     *
     * @param offset where the field starts in the code
     * @param target what it leads to
     */
    record Fixup(int offset, Target target) {}

    /** What an instruction can refer to. */
    sealed interface Target {
        /**
         * A constant of this code.
         *
         * @param offset where it starts in the constants
         */
        record Constant(int offset) implements Target {}

        /** The table of lanes, which all filters share ({@link Placer}). */
        record LaneTable() implements Target {}
    }
}
