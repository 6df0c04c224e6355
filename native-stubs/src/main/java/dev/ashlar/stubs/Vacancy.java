package dev.ashlar.stubs;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Asks the kernel whether addresses are free, one range at a time (PROCMAP_QUERY, Linux 6.11). The cost does not grow
 * with the number of mappings. Another thread may map the range at any time, so it is to be claimed with
 * MAP_FIXED_NOREPLACE.
 */
public final class Vacancy implements AutoCloseable {
    private static final Path STAT = Path.of("/proc/self/stat");
    /** The position of {@code start_brk} behind the name of the program, proc_pid_stat(5). */
    private static final int START_BREAK = 47 - 3;

    private final ProcmapQuery query;
    private final long programBreak;

    private Vacancy(ProcmapQuery query, long programBreak) {
        this.query = query;
        this.programBreak = programBreak;
    }

    /** {@return an object to ask, or empty if the kernel has no such call, refuses it or hides the program break} */
    public static Optional<Vacancy> open(SystemCalls calls) {
        long startOfBreak = KernelFile.text(STAT).map(Vacancy::startOfBreak).orElse(0L);
        if (startOfBreak == 0) {
            return Optional.empty();
        }
        return ProcmapQuery.open(calls).map(query -> {
            Optional<Mapping> heap = query.atOrAfter(startOfBreak).filter(mapping -> mapping.path().equals("[heap]"));
            return new Vacancy(query, heap.map(Mapping::end).orElse(startOfBreak));
        });
    }

    static long startOfBreak(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields.length > START_BREAK ? KernelFile.number(fields[START_BREAK]).orElse(0) : 0;
    }

    /**
     * {@return whether nothing is mapped in a range now}
     *
     * @param growthByteSize bytes that must stay free above the program break and below the main stack
     */
    public boolean isVacant(AddressRange range, long growthByteSize) {
        if (range.overlaps(programBreak, programBreak + growthByteSize)) {
            return false;
        }
        return query.atOrAfter(range.start())
                .map(next -> {
                    long kept = next.path().equals("[stack]") ? growthByteSize : 0;
                    return Long.compareUnsigned(next.start() - kept, range.end()) >= 0;
                })
                .orElse(true);
    }

    @Override
    public void close() {
        query.close();
    }
}
