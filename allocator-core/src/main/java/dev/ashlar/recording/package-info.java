/**
 * What Java Flight Recorder keeps of heaps: the only code that knows {@code jdk.jfr}.
 *
 * <p><b>Ideas.</b> The layers above report what they do to {@link dev.ashlar.recording.HeapEvents}. If the module is
 * absent, that is an object that does nothing, and no class of {@code jdk.jfr} is loaded. Otherwise it is a {@code
 * FlightRecorderEvents}, which fills an event and commits it. If no recording is running, the JDK's events are empty
 * methods: they cost nothing once they are compiled.
 *
 * <p><b>Invariants.</b> A recording never makes a call of a heap fail: what cannot be recorded is left out. All event
 * classes are loaded and initialised with the first heap, without a lock of a heap held, because Flight Recorder takes
 * locks of its own to register them.
 *
 * <p><b>Locking.</b> None while an event is committed. The thread that records statistics takes the locks of one zone
 * at a time.
 */
@NullMarked
package dev.ashlar.recording;

import org.jspecify.annotations.NullMarked;
