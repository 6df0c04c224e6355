package dev.ashlar;

import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.NotReachableException;
import dev.ashlar.report.UnsupportedHostException;
import dev.ashlar.report.WritePathException;

/**
 * Published code of which single instructions can be changed while other threads run it: a block, or the code of a
 * unit. docs/patching.md has the rule behind this and its costs.
 *
 * <p>During a change, a thread executes either the old or the new bytes; after the call has returned, no thread
 * executes the old ones. The bytes must lie in one aligned word of 8 bytes. The caller promises that they belong to one
 * instruction, for example as its immediate or displacement, and that the result is code: the heap does not
 * disassemble. If two instructions changed at once, a thread might execute the old first and the new second.
 *
 * <p>Each change interrupts every core on which a thread of this process runs. If a target changes often, a
 * {@linkplain CodeHeap#openTrampolines trampoline} is cheaper. Changes of one block or unit wait for each other. All
 * methods may be called by any thread.
 */
public sealed interface Patchable permits CodeBlock, CodeUnit {
    /**
     * Replaces bytes of the code.
     *
     * @param patchOffset where to start, in bytes from the first instruction
     * @param value its lowest bytes are written, in little-endian order
     * @param patchByteSize bytes to replace, 1 to 8
     * @throws IllegalArgumentException if the bytes lie outside the code or in more than one aligned word of 8 bytes,
     *     or if the value does not fit
     * @throws WritePathException if the heap's write path is not {@link dev.ashlar.memory.WritePath#ALIAS}
     * @throws BlockStateException if the code is not published, or freed
     * @throws UnsupportedHostException if this host has no barrier for all cores (membarrier(2))
     * @throws HeapClosedException if the heap is closed
     */
    void patch(long patchOffset, long value, int patchByteSize);

    /**
     * Replaces bytes of the code if they are what the caller expects: of the threads that want to fill an inline cache,
     * one does.
     *
     * @param patchOffset where to start, in bytes from the first instruction
     * @param expected its lowest bytes are what must be there, in little-endian order
     * @param value its lowest bytes are written, in little-endian order
     * @param patchByteSize bytes to compare and replace, 1 to 8
     * @return whether the bytes were as expected, and so were replaced
     * @throws IllegalArgumentException if the bytes lie outside the code or in more than one aligned word of 8 bytes,
     *     or if one of the values does not fit
     * @throws WritePathException if the heap's write path is not {@link dev.ashlar.memory.WritePath#ALIAS}
     * @throws BlockStateException if the code is not published, or freed
     * @throws UnsupportedHostException if this host has no barrier for all cores (membarrier(2))
     * @throws HeapClosedException if the heap is closed
     */
    boolean compareAndPatch(long patchOffset, long expected, long value, int patchByteSize);

    /**
     * Leads a call or a jump to another target. The instruction is {@code call rel32}, {@code jmp rel32} or a
     * conditional jump with a rel32, and the rel32 lies in one aligned word of 8 bytes.
     *
     * @param callOffset where the instruction starts, in bytes from the first one
     * @param target the address of the instruction to lead to
     * @throws NotReachableException if rel32 does not reach the target; the code is unchanged
     * @throws IllegalArgumentException if no such instruction lies there, or its rel32 in two words
     * @throws WritePathException if the heap's write path is not {@link dev.ashlar.memory.WritePath#ALIAS}
     * @throws BlockStateException if the code is not published, or freed
     * @throws UnsupportedHostException if this host has no barrier for all cores (membarrier(2))
     * @throws HeapClosedException if the heap is closed
     */
    void patchCall(long callOffset, long target);
}
