/**
 * What pooling secrets is worth: the same small secrets in a {@link dev.ashlar.SecretHeap}, and with a memfd_secret(2)
 * file of its own for each, by what the kernel counts.
 *
 * <p>Each is measured in a fresh process, round by round, and who comes first changes with the round: what secrets
 * do to the kernel's map of memory lasts, and the second finds what the first left.
 *
 * <p>May import: child, doctor, suite (the spread of several measurements), the allocator, native-stubs. Knows
 * nothing of the command line.
 */
@NullMarked
package dev.ashlar.tool.secret;

import org.jspecify.annotations.NullMarked;
