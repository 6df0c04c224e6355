package dev.ashlar.recording;

/** Whether this JVM has Java Flight Recorder. Apart from that, no class of {@code jdk.jfr} may be touched. */
final class FlightRecorderModule {
    private FlightRecorderModule() {}

    /** {@return whether its classes can be loaded} */
    static boolean isPresent() {
        return ModuleLayer.boot().findModule("jdk.jfr").isPresent();
    }

    /** {@return what records its events} Pre: the module is present. */
    static HeapEvents events() {
        return new FlightRecorderEvents();
    }
}
