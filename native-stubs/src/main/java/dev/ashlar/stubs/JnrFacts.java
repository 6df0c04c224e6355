package dev.ashlar.stubs;

import java.util.Optional;
import jnr.constants.platform.RLIMIT;
import jnr.constants.platform.Sysconf;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;
import jnr.posix.RLimit;

/**
 * {@link HostFacts} from jnr-posix. The only class that mentions it: where jnr-posix is absent, using this class ends
 * in a {@link LinkageError}, which {@link HostFacts} turns into the other source.
 */
final class JnrFacts {

    /** Belongs to the module that calls System.load. Loading this class does not initialise it, so nothing happens. */
    private static final String LIBRARY_LOADER = "com.kenai.jffi.Foreign";

    private JnrFacts() {}

    /** {@return why jnr-posix must not be touched: it is not there, or using it would draw a warning or a refusal} */
    static Optional<String> refusal() {
        try {
            Class<?> loader = Class.forName(LIBRARY_LOADER, false, JnrFacts.class.getClassLoader());
            Module module = loader.getModule();
            return module.isNativeAccessEnabled() ? Optional.empty()
                    : Optional.of("no native access, " + NativeAccess.flag(module));
        } catch (ClassNotFoundException absent) {
            return Optional.of("not there");
        }
    }

    static HostFacts gather() {
        POSIX posix = POSIXFactory.getPOSIX();
        if (!posix.isNative()) {
            throw new IllegalStateException("not native");
        }
        int userId = posix.getuid();
        Passwd user = posix.getpwuid(userId);
        return new HostFacts(posix.sysconf(Sysconf._SC_PAGESIZE), limit(posix, RLIMIT.RLIMIT_AS),
                limit(posix, RLIMIT.RLIMIT_MEMLOCK), limit(posix, RLIMIT.RLIMIT_NOFILE), posix.getpid(),
                Integer.toUnsignedLong(userId),
                user == null ? System.getProperty("user.name", "?") : user.getLoginName(),
                System.getProperty("os.version", "?"), "jnr-posix");
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
