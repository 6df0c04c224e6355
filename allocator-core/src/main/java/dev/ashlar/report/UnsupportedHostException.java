package dev.ashlar.report;

import dev.ashlar.memory.Refusal;

/**
 * Signals that this host or JVM cannot run Ashlar at all (another system or architecture, an old JDK, native access
 * denied), or cannot do the one thing that was asked for.
 */
public final class UnsupportedHostException extends AshlarException {
    private static final long serialVersionUID = 1L;

    private UnsupportedHostException(String message) {
        super(message);
    }

    private UnsupportedHostException(Exception cause) {
        super(String.valueOf(cause.getMessage()), cause);
    }

    /**
     * {@return the exception for a host that the layer below refuses}
     *
     * @param refused what the layer below reports
     */
    public static UnsupportedHostException of(Exception refused) {
        return new UnsupportedHostException(refused);
    }

    /**
     * {@return the exception for code on an architecture other than x86-64}
     *
     * @param name the architecture's name
     */
    public static UnsupportedHostException architecture(String name) {
        return new UnsupportedHostException("CodeHeap runs on x86-64 only, and this is " + name
                + ": other architectures need instruction-cache maintenance.");
    }

    /**
     * {@return the exception for a kernel with other base pages}
     *
     * @param found bytes of a base page on this kernel
     * @param supported bytes of a base page that Ashlar needs
     */
    public static UnsupportedHostException pageSize(long found, long supported) {
        return new UnsupportedHostException("Ashlar needs base pages of " + supported
                + " bytes, and this kernel has pages of " + found + " bytes.");
    }

    /**
     * {@return the exception for an audit that cannot read the kernel's tables}
     *
     * @param heapName the heap's name
     * @param refusal why it cannot
     */
    public static UnsupportedHostException mapsUnreadable(String heapName, Refusal refusal) {
        return new UnsupportedHostException("audit of heap " + heapName + " failed. " + refusal.describe());
    }

    /**
     * {@return the exception for a patch on a host without a barrier for all cores}
     *
     * @param refusal why there is no barrier
     */
    public static UnsupportedHostException notPatched(Refusal refusal) {
        return new UnsupportedHostException("patch failed, the code is unchanged. " + refusal.describe());
    }
}
