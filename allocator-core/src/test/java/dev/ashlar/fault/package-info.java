/**
 * Errors of the JVM in the middle of a call: a stack overflow, or no memory on the Java heap. The classes of the
 * allocator are rewritten so that an Error comes at a chosen place.
 */
package dev.ashlar.fault;
