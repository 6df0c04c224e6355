package dev.ashlar.stubs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** {@link HostFacts} from {@code /proc/self} and the JDK, without any native access. */
final class ProcFacts {

    private static final Path PROC = Path.of("/proc/self");

    /** Key of the page size in the auxiliary vector: getauxval(3). */
    private static final long AT_PAGESZ = 6;

    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final HostFacts.Limit UNLIMITED =
            new HostFacts.Limit(HostFacts.Limit.UNLIMITED, HostFacts.Limit.UNLIMITED);

    private ProcFacts() {}

    static HostFacts gather(String source) {
        String limits = KernelFile.text(PROC.resolve("limits")).orElse("");
        String status = KernelFile.text(PROC.resolve("status")).orElse("");
        return new HostFacts(pageByteSize(), limit(limits, "Max address space"), limit(limits, "Max locked memory"),
                limit(limits, "Max open files"), ProcessHandle.current().pid(), realUserId(status).orElse(-1),
                System.getProperty("user.name", "?"), System.getProperty("os.version", "?"), source);
    }

    /** The vector is refused to a process that is not dumpable; the C library answers then. */
    private static long pageByteSize() {
        OptionalLong size = KernelFile.bytes(PROC.resolve("auxv")).map(ProcFacts::auxiliaryPageByteSize)
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

    /** {@return a line of {@code /proc/self/limits}; unlimited where there is none} */
    static HostFacts.Limit limit(String limits, String name) {
        Optional<String> line = limits.lines().filter(candidate -> candidate.startsWith(name)).findFirst();
        if (line.isEmpty()) {
            return UNLIMITED;
        }
        String[] columns = SPACES.split(line.get().substring(name.length()).trim(), -1);
        return new HostFacts.Limit(value(columns[0]), value(columns[1]));
    }

    /** {@return the first number, the real user id, of the line {@code Uid:} in {@code /proc/self/status}} */
    static OptionalLong realUserId(String status) {
        return status.lines().filter(line -> line.startsWith("Uid:"))
                .mapToLong(line -> Long.parseLong(SPACES.split(line, -1)[1])).findFirst();
    }

    private static long value(String column) {
        return column.equals("unlimited") ? HostFacts.Limit.UNLIMITED : Long.parseLong(column);
    }
}
