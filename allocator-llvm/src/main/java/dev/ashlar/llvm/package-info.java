/**
 * LLVM's just-in-time compilers with code in a heap of Ashlar. {@link dev.ashlar.llvm.LlvmLibrary} is the system's
 * libLLVM, {@link dev.ashlar.llvm.LlvmModule} what it compiles, {@link dev.ashlar.llvm.LlvmEngine} compiles modules
 * into a heap, and {@link dev.ashlar.llvm.LlvmProgram} runs a whole program.
 *
 * <h2>Invariants</h2>
 * <ul>
 * <li>No code of a module is reachable before all that it needs was found and its memory is published.</li>
 * <li>A function that LLVM calls returns what LLVM can go on with, and throws nothing: both would end the JVM. What
 * went wrong is kept, and thrown by the call of the engine that made LLVM run.</li>
 * <li>An error that LLVM reports in a context, as a diagnostic, ends no process: each context has a handler.</li>
 * </ul>
 * Errors that LLVM itself calls fatal end the process. They are rare in modules that its verifier accepts.
 *
 * <h2>Locking</h2>
 * All calls to LLVM for one engine, and so all its calls for memory, are made under the lock of the engine. A module
 * belongs to one thread until it is added. Engines do not share contexts.
 */
@NullMarked
package dev.ashlar.llvm;

import org.jspecify.annotations.NullMarked;
