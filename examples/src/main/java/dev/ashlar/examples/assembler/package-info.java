/**
 * Adapters for assemblers: their code goes into a block of a heap. {@link dev.ashlar.examples.assembler.Assembled}
 * takes code of jnr-x86asm, of jnr-a64asm, or as bytes; {@link dev.ashlar.examples.assembler.Fixup} is a field that the
 * assembler could not know. A block is written by the thread that makes it.
 */
@NullMarked
package dev.ashlar.examples.assembler;

import org.jspecify.annotations.NullMarked;
