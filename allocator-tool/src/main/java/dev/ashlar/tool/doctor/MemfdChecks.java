package dev.ashlar.tool.doctor;

import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import dev.ashlar.tool.doctor.Diagnosis.Check;
import java.util.ArrayList;
import java.util.List;

/** Tries what a heap does with a memory file: creates one, maps it writable and executable, seals it. */
record MemfdChecks(SystemCalls calls, long pageByteSize, List<Check> checks) {

    static List<Check> run(SystemCalls calls, long pageByteSize) {
        MemfdChecks memfd = new MemfdChecks(calls, pageByteSize, new ArrayList<>());
        memfd.tryExec();
        memfd.tryViews();
        return List.copyOf(memfd.checks);
    }

    /** For information only: no heap needs a file that can be executed as a program. */
    private void tryExec() {
        int fd = calls.memfdCreate("ashlar-doctor", Linux.MFD_CLOEXEC | Linux.MFD_EXEC);
        note("memfd_create(MFD_EXEC)", fd);
        close(fd);
    }

    private void tryViews() {
        int fd = calls.memfdCreate("ashlar-doctor", Linux.MFD_CLOEXEC | Linux.MFD_NOEXEC_SEAL);
        note("memfd_create(MFD_NOEXEC_SEAL)", fd);
        if (fd == -Errno.EINVAL) {
            // Kernels before 6.3 do not know the flag.
            fd = calls.memfdCreate("ashlar-doctor", Linux.MFD_CLOEXEC | Linux.MFD_ALLOW_SEALING);
            note("memfd_create(MFD_ALLOW_SEALING)", fd);
        }
        if (Errno.isFailure(fd)) {
            return;
        }
        if (note("ftruncate", calls.ftruncate(fd, pageByteSize))) {
            long writable = calls.mmap(0, pageByteSize, Linux.PROT_READ | Linux.PROT_WRITE, Linux.MAP_SHARED, fd, 0);
            note("mmap read+write", writable);
            note("fcntl F_SEAL_FUTURE_WRITE", calls.fcntl(fd, Linux.F_ADD_SEALS, Linux.F_SEAL_FUTURE_WRITE));
            long executable = calls.mmap(0, pageByteSize, Linux.PROT_READ | Linux.PROT_EXEC, Linux.MAP_SHARED, fd, 0);
            if (note("mmap read+execute of the sealed file", executable)) {
                trySealHolds(executable);
                calls.munmap(executable, pageByteSize);
            }
            if (!Errno.isFailure(writable)) {
                calls.munmap(writable, pageByteSize);
            }
        }
        close(fd);
    }

    private void trySealHolds(long executable) {
        int result = calls.mprotect(executable, pageByteSize, Linux.PROT_READ | Linux.PROT_WRITE);
        boolean refused = result == -Errno.EACCES;
        checks.add(new Check("the seal keeps the executable view read-only", refused,
                refused ? "mprotect to writable: EACCES, as it must" : "mprotect to writable: " + describe(result)));
    }

    private boolean note(String name, long result) {
        boolean ok = !Errno.isFailure(result);
        checks.add(new Check(name, ok, describe(result)));
        return ok;
    }

    private static String describe(long result) {
        return Errno.isFailure(result) ? Errno.describe(result) : "works";
    }

    private void close(int fd) {
        if (!Errno.isFailure(fd)) {
            calls.close(fd);
        }
    }
}
