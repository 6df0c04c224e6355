package dev.ashlar;

import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.TestLinux;

/**
 * Attacks by other code of the process on a heap, and their results: the rows of the table in docs/hardening.md. A cell
 * is {@code done}, the error, or what the heap did not do. After a semicolon follows a different result on hugetlb.
 */
@SuppressWarnings("ImmutableEnumChecker") // lambdas without state, a record of strings
enum Attack {
    WRITE_CODE(
            "`mprotect` of code to read+write",
            cells("done", "EACCES", "EACCES"),
            Trace.NAMED,
            victim -> victim.protect(victim.code(), Linux.PROT_READ | Linux.PROT_WRITE)),
    WRITE_AND_EXECUTE_CODE(
            "`mprotect` of code to read+write+execute",
            cells("done", "EACCES", "EACCES"),
            Trace.NAMED,
            victim -> victim.protect(victim.code(), AttackedHeap.ALL)),
    EXECUTE_ALIAS(
            "`mprotect` of the writable view to read+write+execute",
            cells("done", "done", "EPERM"),
            Trace.NAMED,
            victim -> victim.protect(victim.alias(), AttackedHeap.ALL)),
    FORBID_CODE(
            "`mprotect` of code to nothing",
            cells("done", "done", "EPERM"),
            Trace.NAMED,
            victim -> victim.protect(victim.code(), Linux.PROT_NONE)),
    WRITE_CONSTANTS(
            "`mprotect` of constants to read+write",
            cells("done", "EACCES", "EACCES"),
            Trace.NAMED,
            victim -> victim.protect(victim.constants(), Linux.PROT_READ | Linux.PROT_WRITE)),
    EXECUTE_CONSTANTS(
            "`mprotect` of constants to read+execute",
            cells("done", "done", "EPERM"),
            Trace.NAMED,
            victim -> victim.protect(victim.constants(), Linux.PROT_READ | Linux.PROT_EXEC)),
    UNMAP_CODE(
            "`munmap` of code",
            cells("done", "done", "EPERM"),
            Trace.NAMED,
            victim -> victim.kernel().munmap(victim.code(), AttackedHeap.REGION)),
    UNMAP_ALIAS(
            "`munmap` of the writable view",
            cells("done", "done", "EPERM"),
            Trace.NAMED,
            victim -> victim.kernel().munmap(victim.alias(), AttackedHeap.REGION)),
    MAP_OVER_CODE(
            "`mmap(MAP_FIXED)` of other memory, read+write+execute, over code",
            cells("done", "done", "EPERM"),
            Trace.NAMED,
            victim -> victim.mapAnonymous(victim.code())),
    MAP_OVER_HOLE(
            "`mmap(MAP_FIXED)` of other memory, read+write+execute, over a hole",
            cells("done", "done", "done"),
            Trace.NAMED,
            victim -> victim.mapAnonymous(victim.code() + AttackedHeap.REGION)),
    MAP_OVER_GUARD(
            "`mmap(MAP_FIXED)` of other memory, read+write+execute, over a guard",
            cells("done", "done", "done"),
            Trace.NAMED,
            victim -> victim.mapAnonymous(victim.code() - AttackedHeap.REGION)),
    MOVE_CODE(
            "`mremap` of code to another address",
            cells("done", "done", "EPERM"),
            Trace.NAMED,
            victim -> victim.kernel()
                    .mremap(
                            victim.code(),
                            AttackedHeap.REGION,
                            AttackedHeap.REGION,
                            Linux.MREMAP_MAYMOVE | Linux.MREMAP_FIXED,
                            victim.elsewhere())),
    DUPLICATE_ALIAS(
            "a second writable view (`mremap` from size 0), made executable",
            cells("done; hugetlb EINVAL", "done; hugetlb EINVAL", "EPERM"),
            Trace.NONE,
            AttackedHeap::duplicate),
    MAP_DESCRIPTOR(
            "`mmap` of the heap's own descriptor, read+write+execute",
            cells("done", "EBADF", "EBADF"),
            Trace.NONE,
            victim -> victim.mapFile(victim.descriptor())),
    MAP_REOPENED(
            "`mmap` of the file reopened through `/proc/self/fd`, read+write",
            cells("done", "ENOENT", "EPERM"),
            Trace.NONE,
            victim -> victim.with(victim.openDescriptorAnew(), victim::mapFileWritable)),
    MAP_MAP_FILES(
            "`mmap` of the file reopened through `/proc/self/map_files`, read+write",
            cells("done", "EPERM", "EPERM"),
            Trace.NONE,
            victim -> victim.with(victim.openMapFile(), victim::mapFileWritable)),
    WRITE_MAP_FILES(
            "`write` to the file reopened through `/proc/self/map_files`",
            cells("done; hugetlb EINVAL", "EPERM; hugetlb EINVAL", "EPERM; hugetlb EINVAL"),
            Trace.NONE,
            victim -> victim.with(victim.openMapFile(), victim::writeFile)),
    TRUNCATE_DESCRIPTOR(
            "`ftruncate` of the heap's own descriptor",
            cells("done", "EBADF", "EBADF"),
            Trace.FATAL,
            victim -> victim.kernel().ftruncate(victim.descriptor(), 0)),
    TRUNCATE_REOPENED(
            "`ftruncate` of the file reopened through `/proc/self/fd`",
            cells("done", "ENOENT", "done"),
            Trace.FATAL,
            victim -> victim.with(victim.openDescriptorAnew(), fd -> victim.kernel().ftruncate(fd, 0))),
    TRUNCATE_MAP_FILES(
            "`ftruncate` of the file reopened through `/proc/self/map_files`",
            cells("done", "EPERM", "done"),
            Trace.FATAL,
            victim -> victim.with(victim.openMapFile(), fd -> victim.kernel().ftruncate(fd, 0))),
    PUNCH(
            "`madvise(MADV_REMOVE)` of the writable view",
            cells("done", "EPERM", "EPERM"),
            Trace.FATAL,
            victim -> victim.kernel().madvise(victim.alias(), AttackedHeap.REGION, TestLinux.MADV_REMOVE)),
    ADD_SEALS(
            "`fcntl(F_ADD_SEALS)` on the file reopened through `/proc/self/map_files`",
            cells("done", "EPERM", "EPERM"),
            Trace.NONE,
            victim -> victim.with(
                    victim.openMapFile(),
                    fd -> victim.kernel().fcntl(fd, Linux.F_ADD_SEALS, Linux.F_SEAL_SHRINK))),
    POKE_CODE(
            "`pwrite` of code through `/proc/self/mem`",
            cells("EIO", "EIO", "EIO"),
            Trace.NONE,
            AttackedHeap::poke),
    IMPLY_EXECUTION(
            "`personality(READ_IMPLIES_EXEC)`, then a region is committed",
            cells("done", AttackedHeap.NOT_COMMITTED, AttackedHeap.NOT_COMMITTED),
            Trace.NAMED,
            AttackedHeap::implyExecution),
    SHARE_WITH_CHILDREN(
            "`madvise(MADV_DOFORK)` of the writable view",
            cells("done", "done", "done"),
            Trace.NONE,
            victim -> victim.kernel().madvise(victim.alias(), AttackedHeap.REGION, TestLinux.MADV_DOFORK)),
    WRITE_THROUGH_ALIAS(
            "a store at the address of the writable view",
            cells("done", "done", "done"),
            Trace.NONE,
            AttackedHeap::writeThroughAlias);

    /** The trace of a successful attack in the audit. */
    enum Trace {
        /** The audit names it. */
        NAMED("yes"),
        /** Nothing in the reservation has changed. */
        NONE("no"),
        /** The memory is gone; a thread that touches it ends the process. */
        FATAL("memory is gone");

        private final String cell;

        Trace(String cell) {
            this.cell = cell;
        }
    }

    private interface Attempt {
        /**
         * Makes the attempt.
         *
         * @return something not negative, or {@code -errno}
         */
        long on(AttackedHeap victim);
    }

    private final String label;
    private final Cells cells;
    private final Trace trace;
    private final Attempt attempt;

    Attack(String label, Cells cells, Trace trace, Attempt attempt) {
        this.label = label;
        this.cells = cells;
        this.trace = trace;
        this.attempt = attempt;
    }

    /** The result on each level. */
    private record Cells(String none, String sealed, String pinned) {

        String at(Hardening level) {
            return switch (level) {
                case NONE -> none;
                case SEALED -> sealed;
                case PINNED -> pinned;
            };
        }
    }

    private static Cells cells(String none, String sealed, String pinned) {
        return new Cells(none, sealed, pinned);
    }

    Trace trace() {
        return trace;
    }

    /** {@return whether it depends on CAP_CHECKPOINT_RESTORE, without which it is EPERM} */
    boolean needsMapFiles() {
        return name().endsWith("MAP_FILES") || this == ADD_SEALS;
    }

    /** {@return the row of the documentation's table} */
    String row() {
        return "| " + label + " | " + cells.none + " | " + cells.sealed + " | " + cells.pinned + " | " + trace.cell
                + " |";
    }

    /** {@return the expected result: {@code done} or the name of an error} */
    String expected(Hardening level, MemoryDemand memory) {
        String[] byMemory = cells.at(level).split("; hugetlb ", -1);
        return memory == MemoryDemand.HUGETLB ? byMemory[byMemory.length - 1] : byMemory[0];
    }

    /** {@return the actual result: {@code done} or the name of an error} */
    String on(AttackedHeap victim) {
        long result;
        try {
            result = attempt.on(victim);
        } catch (HeapExhaustedException refused) {
            return AttackedHeap.NOT_COMMITTED;
        }
        return Errno.isFailure(result) ? Errno.of(result).name() : "done";
    }
}
