package dev.ashlar.stubs;

import java.lang.ref.Cleaner;

/**
 * A descriptor of this process. The object exists before the kernel gives the number, and if an Error keeps the caller
 * from closing it, the garbage collector does: so no Error loses a descriptor.
 *
 * <p>Not thread-safe.
 */
public final class Descriptor implements AutoCloseable {
    private static final int NONE = -1;

    private final Held held;
    private final Cleaner.Cleanable watch;

    /** Prepares a descriptor, which is not open. */
    public Descriptor(SystemCalls calls) {
        this.held = new Held(calls);
        this.watch = Leftovers.watch(this, held::close);
    }

    private static final class Held {
        private final SystemCalls calls;
        private int fd = NONE;

        private Held(SystemCalls calls) {
            this.calls = calls;
        }

        private void close() {
            if (fd >= 0) {
                // An Error before the call leaves the number, and none comes after it.
                calls.close(fd);
                fd = NONE;
            }
        }
    }

    /**
     * open(2). Pre: it is not open.
     *
     * @return the descriptor, or {@code -errno}
     */
    public int open(String path, int flags) {
        held.fd = held.calls.open(path, flags | Linux.O_CLOEXEC);
        return held.fd;
    }

    /**
     * memfd_create(2). Pre: it is not open.
     *
     * @return the descriptor, or {@code -errno}
     */
    public int createMemory(String name, int flags) {
        held.fd = held.calls.memfdCreate(name, flags);
        return held.fd;
    }

    /**
     * memfd_secret(2). Pre: it is not open.
     *
     * @return the descriptor, or {@code -errno}
     */
    public int createSecretMemory(int flags) {
        held.fd = held.calls.memfdSecret(flags);
        return held.fd;
    }

    /** {@return whether it is open} */
    public boolean isOpen() {
        return held.fd >= 0;
    }

    /** {@return the number, or a negative one if it is not open} */
    public int number() {
        return held.fd;
    }

    /** Closes it for good. A second close does nothing; one that an Error cut short can be repeated. */
    @Override
    public void close() {
        held.close();
        watch.clean();
    }
}
