/**
 * What Java Flight Recorder keeps of heaps: the only code that knows {@code jdk.jfr}.
 *
 * <p><b>Ideas.</b> The layers above tell {@link dev.ashlar.recording.HeapEvents} what they do. It does nothing until
 * Java Flight Recorder starts in this JVM, which {@link dev.ashlar.recording.Recordings} learns from the JDK. From then
 * on it is a {@code FlightRecorderEvents}, which fills an event and commits it. If the module is absent, no class of
 * {@code jdk.jfr} is loaded; if no recording ever starts, a few small ones are.
 *
 * <p><b>Invariants.</b> A recording never makes a call of a heap fail: what cannot be recorded is left out. No event
 * class is loaded with the lock of a zone held, because Flight Recorder takes locks of its own to register it.
 *
 * <p><b>Locking.</b> None while an event is committed. The thread that records statistics takes the locks of one zone
 * at a time.
 */
@NullMarked
package dev.ashlar.recording;

import org.jspecify.annotations.NullMarked;
