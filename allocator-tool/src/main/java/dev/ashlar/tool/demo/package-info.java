/**
 * Shows what the allocator is for, with proof from the kernel: {@link dev.ashlar.tool.demo.Demo} runs real functions
 * and ten thousand more, in a heap and with a mapping for each, and {@link dev.ashlar.tool.demo.DemoResult} holds what
 * was seen.
 *
 * <p>May import: code, rivals, doctor, the allocator, native-stubs. Knows nothing of the command line.
 */
@NullMarked
package dev.ashlar.tool.demo;

import org.jspecify.annotations.NullMarked;
