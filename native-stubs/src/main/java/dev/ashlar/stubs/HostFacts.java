package dev.ashlar.stubs;

import java.util.Optional;

/**
 * Facts about this process and its host that the allocator reports and that limit it.
 *
 * <p>jnr-posix supplies them where it can be trusted. Denied native access, it turns into an imitation without a word
 * (process id 0, page size -1), and merely touching it makes a JVM that warns print a warning; so it is asked only
 * where its own module was granted native access, and believed only where its answers are sane. Else the kernel's
 * files answer, which takes no native access at all. {@link #source} says which it was and why.
 *
 * @param pageByteSize size of a small page
 * @param addressSpace RLIMIT_AS: what may be mapped, {@code PROT_NONE} reservations included
 * @param lockedMemory RLIMIT_MEMLOCK: what may be locked; memfd_secret(2) counts against it
 * @param openFiles RLIMIT_NOFILE: descriptors
 * @param pid of this process, as its own PID namespace counts
 * @param userId real user id
 * @param userName name of that user
 * @param kernelRelease for example "6.18.2"
 * @param source "jnr-posix", or "/proc (jnr-posix: reason why not)"
 */
public record HostFacts(long pageByteSize, Limit addressSpace, Limit lockedMemory, Limit openFiles, long pid,
        long userId, String userName, String kernelRelease, String source) {

    /**
     * A resource limit of this process.
     *
     * @param soft what holds now, {@link #UNLIMITED} for none
     * @param hard what the process may raise it to
     */
    public record Limit(long soft, long hard) {

        /** No limit; a number so large that comparisons come out right. */
        public static final long UNLIMITED = Long.MAX_VALUE;

        /** {@return the limit as text, for example "8388608" or "unlimited", of the soft value} */
        public String describe() {
            return soft == UNLIMITED ? "unlimited" : Long.toString(soft);
        }
    }

    /**
     * Gathers the facts. The first use of jnr-posix loads a library and costs up to a second.
     *
     * @throws NativeAccessException if neither jnr-posix nor /proc tells the page size and this module may not ask
     */
    public static HostFacts gather() {
        Optional<String> refusal = jnrRefusal();
        if (refusal.isPresent()) {
            return ProcFacts.gather("/proc (jnr-posix: " + refusal.get() + ")");
        }
        try {
            HostFacts facts = JnrFacts.gather();
            Optional<String> doubt = doubt(facts);
            return doubt.isEmpty() ? facts : ProcFacts.gather("/proc (jnr-posix: " + doubt.get() + ")");
        } catch (LinkageError | RuntimeException failure) {
            return ProcFacts.gather("/proc (jnr-posix: " + failure + ")");
        }
    }

    /** {@return why jnr-posix is not even touched, found without loading anything of it that loads a library} */
    private static Optional<String> jnrRefusal() {
        try {
            return JnrFacts.refusal();
        } catch (LinkageError absent) {
            return Optional.of("not there");
        }
    }

    /** {@return what is wrong with the facts; the imitation of jnr-posix answers 0 and -1} */
    static Optional<String> doubt(HostFacts facts) {
        if (Long.bitCount(facts.pageByteSize) != 1 || facts.pageByteSize < 4096) {
            return Optional.of("page size " + facts.pageByteSize);
        }
        if (facts.pid != ProcessHandle.current().pid()) {
            return Optional.of("process id " + facts.pid);
        }
        if (facts.openFiles.soft <= 0) {
            return Optional.of("limit of open files " + facts.openFiles.soft);
        }
        return Optional.empty();
    }
}
