package dev.ashlar.stubs;

/**
 * A module of Ashlar was denied native access; the message names the flag of the {@code java} launcher that grants it.
 */
public final class NativeAccessException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private NativeAccessException(String message, Throwable cause) {
        super(message, cause);
    }

    static NativeAccessException denied(Module module, Throwable cause) {
        String subject = module.isNamed() ? "module " + module.getName() : "code on the class path";
        return new NativeAccessException("Ashlar calls the operating system, which this JVM denies to " + subject
                + ": start java with " + NativeAccess.flag(module) + ".", cause);
    }
}
