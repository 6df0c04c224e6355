/**
 * What pooling saves for secrets: the same small secrets in a {@link dev.ashlar.SecretHeap}, and with one
 * memfd_secret(2) file each, as the kernel counts pages and mappings.
 *
 * <p>{@link dev.ashlar.tool.secret.SecretRun} measures each in a fresh process ({@code SecretProbe}), round by round.
 * The kind that goes first changes with the round: a secret changes the kernel's direct map until the system restarts,
 * so the second process finds a map that the first one changed.
 *
 * <p>May import: child, doctor, exit, figures, memory, workload, the allocator, native-stubs. Does not depend on
 * the command line.
 */
@NullMarked
package dev.ashlar.tool.secret;

import org.jspecify.annotations.NullMarked;
