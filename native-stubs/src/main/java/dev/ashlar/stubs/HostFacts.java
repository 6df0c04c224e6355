package dev.ashlar.stubs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Facts about this process and its host that limit the allocator and that it reports.
 *
 * <p>jnr-posix is the source. If it is absent, has no native access or fails, the kernel's files answer instead;
 * reading them takes no native access. {@link #source} says which of the two answered and why.
 *
 * @param pageByteSize size of a small page
 * @param addressSpace RLIMIT_AS: what may be mapped, {@code PROT_NONE} reservations included
 * @param lockedMemory RLIMIT_MEMLOCK: what may be locked; memfd_secret(2) counts against it
 * @param openFiles RLIMIT_NOFILE: descriptors
 * @param userId real user id, or -1 if unknown
 * @param userName name of that user
 * @param source "jnr-posix", or "/proc (jnr-posix: reason why not)"
 */
public record HostFacts(long pageByteSize, Limit addressSpace, Limit lockedMemory, Limit openFiles, long userId,
        String userName, String source) {

    private static final Path PROC = Path.of("/proc/self");

    /** Key of the page size in the auxiliary vector: getauxval(3). */
    private static final long AT_PAGESZ = 6;

    private static final Pattern SPACES = Pattern.compile("\\s+");

    /**
     * A resource limit of this process.
     *
     * @param soft the limit in force, {@link #UNLIMITED} for none
     * @param hard what the process may raise it to
     */
    public record Limit(long soft, long hard) {

        /** No limit; a number so large that comparisons come out right. */
        public static final long UNLIMITED = Long.MAX_VALUE;

        /** {@return the soft limit as text, for example "8388608" or "unlimited"} */
        public String describe() {
            return soft == UNLIMITED ? "unlimited" : Long.toString(soft);
        }

        /** {@return a row of {@code /proc/self/limits}; unlimited if there is none, or no number} */
        static Limit of(String limits, String name) {
            return limits.lines().filter(row -> row.startsWith(name)).findFirst().map(row -> {
                String[] columns = SPACES.split(row.substring(name.length()).trim(), -1);
                return new Limit(value(columns[0]), columns.length > 1 ? value(columns[1]) : UNLIMITED);
            }).orElse(new Limit(UNLIMITED, UNLIMITED));
        }

        private static long value(String column) {
            return KernelFile.number(column).orElse(UNLIMITED);
        }
    }

    /**
     * Gathers the facts. The first use of jnr-posix loads a library and takes up to a second.
     *
     * @throws NativeAccessException if neither jnr-posix nor /proc has the page size and this module may not ask
     */
    public static HostFacts gather() {
        try {
            return JnrFacts.gather();
        } catch (LinkageError absent) {
            return ofProc("not there");
        } catch (RuntimeException refused) {
            return ofProc(String.valueOf(refused.getMessage()));
        }
    }

    /** {@return the facts from {@code /proc/self} and the JDK, without native access} */
    static HostFacts ofProc(String whyNotJnr) {
        String limits = KernelFile.text(PROC.resolve("limits")).orElse("");
        String status = KernelFile.text(PROC.resolve("status")).orElse("");
        return new HostFacts(pageByteSizeOfProc(), Limit.of(limits, "Max address space"),
                Limit.of(limits, "Max locked memory"), Limit.of(limits, "Max open files"),
                realUserId(status).orElse(-1), System.getProperty("user.name", "?"),
                "/proc (jnr-posix: " + whyNotJnr + ")");
    }

    /** A process that is not dumpable cannot read the vector; then the C library answers. */
    private static long pageByteSizeOfProc() {
        OptionalLong size = KernelFile.bytes(PROC.resolve("auxv")).map(HostFacts::auxiliaryPageByteSize)
                .orElse(OptionalLong.empty());
        return size.isPresent() ? size.getAsLong() : Libc.system().sysconf(Linux.SC_PAGESIZE);
    }

    /** {@return the page size in an auxiliary vector, which is pairs of a key and a value of 64 bits each} */
    static OptionalLong auxiliaryPageByteSize(byte[] vector) {
        ByteBuffer pairs = ByteBuffer.wrap(vector).order(ByteOrder.nativeOrder());
        while (pairs.remaining() >= 2 * Long.BYTES) {
            long key = pairs.getLong();
            long value = pairs.getLong();
            if (key == AT_PAGESZ) {
                return OptionalLong.of(value);
            }
        }
        return OptionalLong.empty();
    }

    /** {@return the first number, the real user id, of the line {@code Uid:} in {@code /proc/self/status}} */
    static OptionalLong realUserId(String status) {
        return status.lines().filter(line -> line.startsWith("Uid:")).findFirst()
                .map(line -> KernelFile.number(SPACES.split(line + " ", -1)[1])).orElse(OptionalLong.empty());
    }
}
