package dev.ashlar.stubs;

import jnr.constants.platform.RLIMIT;
import jnr.constants.platform.Sysconf;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;
import jnr.posix.RLimit;

/** {@link HostFacts} from jnr-posix, which only this class mentions. */
final class JnrFacts {

    /** The class that calls System.load. Loading it does not initialise it, so nothing happens. */
    private static final String LIBRARY_LOADER = "com.kenai.jffi.Foreign";

    private JnrFacts() {}

    /**
     * Gathers the facts.
     *
     * @throws LinkageError if jnr-posix is absent
     * @throws IllegalStateException if it cannot be trusted; the message says why
     */
    static HostFacts gather() {
        requireNativeAccess();
        POSIX posix = POSIXFactory.getPOSIX();
        // If its library fails to load, jnr-posix silently falls back to an imitation that answers 0 and -1.
        if (!posix.isNative()) {
            throw new IllegalStateException("not native");
        }
        int userId = posix.getuid();
        Passwd user = posix.getpwuid(userId);
        return new HostFacts(posix.sysconf(Sysconf._SC_PAGESIZE), limit(posix, RLIMIT.RLIMIT_AS),
                limit(posix, RLIMIT.RLIMIT_MEMLOCK), limit(posix, RLIMIT.RLIMIT_NOFILE),
                Integer.toUnsignedLong(userId),
                user == null ? System.getProperty("user.name", "?") : user.getLoginName(), "jnr-posix");
    }

    /** Without native access a first use of jnr-posix prints a warning or is denied. */
    private static void requireNativeAccess() {
        try {
            Module module = Class.forName(LIBRARY_LOADER, false, JnrFacts.class.getClassLoader()).getModule();
            if (!module.isNativeAccessEnabled()) {
                throw new IllegalStateException("no native access, " + NativeAccess.flag(module));
            }
        } catch (ClassNotFoundException absent) {
            throw new NoClassDefFoundError(LIBRARY_LOADER);
        }
    }

    private static HostFacts.Limit limit(POSIX posix, RLIMIT name) {
        RLimit limit = posix.getrlimit(name.intValue());
        return new HostFacts.Limit(value(limit.rlimCur()), value(limit.rlimMax()));
    }

    /** RLIM_INFINITY is all bits set. */
    private static long value(long raw) {
        return raw < 0 ? HostFacts.Limit.UNLIMITED : raw;
    }
}
