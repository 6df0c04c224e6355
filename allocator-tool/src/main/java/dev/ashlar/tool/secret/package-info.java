/**
 * What pooling saves for secrets: the same small secrets in a {@link dev.ashlar.SecretHeap}, and with one
 * memfd_secret(2) file each, as the kernel counts pages and mappings.
 *
 * <p>{@link dev.ashlar.tool.secret.SecretRun} measures each in a fresh process ({@code SecretProbe}), round by round.
 * The first one changes with the round: what secrets do to the kernel's direct map lasts, so the second one finds what
 * the first one left.
 *
 * <p>May import: child, doctor, exit, figures, the allocator, native-stubs. Knows nothing of the command line.
 */
@NullMarked
package dev.ashlar.tool.secret;

import org.jspecify.annotations.NullMarked;
