/**
 * Child JVMs with the classes of this one, for measurements that need their own process. A child answers by a file
 * ({@link dev.ashlar.tool.child.Answer}), because libraries print to the streams of a process too.
 *
 * <p>May import: exit, the allocator, the JSON library. Does not depend on the work of the child.
 */
@NullMarked
package dev.ashlar.tool.child;

import org.jspecify.annotations.NullMarked;
