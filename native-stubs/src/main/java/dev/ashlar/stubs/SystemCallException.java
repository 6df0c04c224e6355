package dev.ashlar.stubs;

/** A system call failed and there is no alternative to try. The message names the call and the errno. */
public final class SystemCallException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * Describes a failed call.
     *
     * @param call the call, with those of its arguments that help, for example "open(/proc/self/mem)"
     * @param result what it returned: {@code -errno}
     */
    public SystemCallException(String call, long result) {
        super(call + " failed: " + Errno.describe(result));
        this.call = call;
        this.errno = Errno.of(result).number();
    }

    public String call() {
        return call;
    }

    public Errno errno() {
        return Errno.ofNumber(errno);
    }
}
