/**
 * Other JVMs with the classes of this one: what is measured in a process of its own starts here, and answers by a file
 * ({@link dev.ashlar.tool.child.Answer}), because the streams of a process carry what libraries say as well.
 *
 * <p>May import: the JSON library. Knows nothing of what the other JVM does.
 */
@NullMarked
package dev.ashlar.tool.child;

import org.jspecify.annotations.NullMarked;
