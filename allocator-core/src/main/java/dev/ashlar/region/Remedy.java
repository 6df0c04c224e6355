package dev.ashlar.region;

import dev.ashlar.memory.Backing;
import dev.ashlar.stubs.Errno;
import dev.ashlar.stubs.HostFacts.Limit;
import dev.ashlar.stubs.HugePageSettings;
import dev.ashlar.stubs.HugetlbGroup;
import dev.ashlar.stubs.LockedMemory;
import dev.ashlar.stubs.MappingLimit;
import dev.ashlar.stubs.SystemCalls;
import java.util.Optional;

/**
 * What a person can do about a refused call. It follows from the error and from facts of the host, never from the call
 * alone. Results are {@code -errno}. A text recommends nothing that a heap has tried by then.
 */
final class Remedy {
    private static final String MOUNT_PROC = "Mount /proc.";

    private final HostState host;

    Remedy(SystemCalls calls) {
        this(HostState.of(calls));
    }

    Remedy(HostState host) {
        this.host = host;
    }

    /**
     * {@return what helps against a refusal that has one cause whatever the call, else {@code otherwise}}
     *
     * @param call the call's name, as in {@code fallocate(2)}
     */
    private String general(String call, long result, String otherwise) {
        return switch ((int) -result) {
            case Errno.EPERM, Errno.EACCES -> "A seccomp filter or a security module (SELinux, AppArmor) forbids "
                    + call + " to this process: allow it.";
            case Errno.ENOSYS -> "The kernel (Linux " + host.release() + ") has no " + call
                    + ", or a seccomp filter hides it: allow it.";
            case Errno.EMFILE -> "The process has no descriptor left: raise the limit of open files (ulimit -n, now "
                    + host.limits().openFiles().describe() + ").";
            case Errno.ENFILE -> "The system has no open file left: raise fs.file-max.";
            case Errno.EFBIG -> "The process may not make a file that long: raise the limit of file size (ulimit -f,"
                    + " now " + host.limits().fileSize().describe() + " bytes).";
            default -> otherwise;
        };
    }

    /** {@return what helps if memfd_create(2) or ftruncate(2) fails} */
    String ofFile(Backing backing, String call, long result) {
        String otherwise =
                switch ((int) -result) {
                    case Errno.ENOMEM -> outOfMemory();
                    case Errno.EINVAL, Errno.ENODEV, Errno.EOPNOTSUPP -> backing == Backing.HUGETLB
                            ? "The kernel must support 2 MiB hugetlb pages (CONFIG_HUGETLBFS)."
                            : unexplained(call);
                    default -> unexplained(call);
                };
        return general(call, result, otherwise);
    }

    /** {@return what helps if fallocate(2) gives no memory} */
    String ofMemory(Backing backing, long result) {
        boolean isShort = result == -Errno.ENOSPC || result == -Errno.ENOMEM;
        if (!isShort) {
            return general("fallocate(2)", result, unexplained("fallocate(2)"));
        }
        return backing == Backing.HUGETLB ? ofPool() : outOfMemory();
    }

    /** {@return what helps if madvise(2) cannot populate pages} */
    String ofPopulating(long result) {
        // EFAULT: a fault failed, for example because the control group is full.
        return result == -Errno.ENOMEM || result == -Errno.EFAULT
                ? outOfMemory()
                : general("madvise(2)", result, unexplained("madvise(2)"));
    }

    private String ofPool() {
        HugePageSettings.Pool pool = host.hugePages().pool().orElse(new HugePageSettings.Pool(0, 0, 0, 0, 0));
        Optional<HugetlbGroup> group = host.exhaustedHugetlbGroup();
        if (group.isPresent()) {
            return "The control group " + group.get().path() + " may use " + group.get().limitByteSize()
                    + " bytes of huge pages and uses " + group.get().usageByteSize() + ": raise its limit ("
                    + group.get().limitFile() + ").";
        }
        if (pool.available() > 0) {
            return "The pool has " + pool.available() + " pages left now: a control group (hugetlb.2MB.max) or a"
                    + " memory policy (NUMA) keeps this process from them, or they came back just now.";
        }
        return "Enlarge the pool (sudo sysctl vm.nr_hugepages=N, N pages of 2 MiB, now " + pool.total()
                + (pool.total() == 0 ? ")." : ", all in use).");
    }

    private static String outOfMemory() {
        return "The system or this process's memory cgroup is out of memory: free memory or raise the limit.";
    }

    /**
     * {@return what helps if a mapping cannot be made or changed}
     *
     * @param call the call's name, as in {@code mmap(2)}
     */
    String ofMapping(String call, long result) {
        String otherwise =
                switch ((int) -result) {
                    case Errno.ENOMEM -> ofNoMapping();
                    case Errno.EAGAIN -> ofLockedMemory();
                    default -> unexplained(call);
                };
        return general(call, result, otherwise);
    }

    private String ofNoMapping() {
        MappingLimit mappings = host.mappings();
        String count = "The process has " + mappings.count() + " of " + mappings.max() + " mappings";
        if (mappings.isNear()) {
            return count + ": raise vm.max_map_count.";
        }
        Limit space = host.limits().addressSpace();
        if (space.soft() != Limit.UNLIMITED) {
            return "The address space of the process is limited to " + space.describe()
                    + " bytes: raise the limit (ulimit -v).";
        }
        return count + " (vm.max_map_count) and no limit of address space: free memory, or raise"
                + " vm.overcommit_ratio if vm.overcommit_memory is 2.";
    }

    private String ofLockedMemory() {
        LockedMemory locked = host.lockedMemory();
        return "The process locks its memory (mlockall), RLIMIT_MEMLOCK is " + locked.limit().describe() + " bytes and "
                + locked.byteSize() + " are in use: raise it (ulimit -l, in KiB), or grant CAP_IPC_LOCK.";
    }

    /** {@return what helps if memory cannot be mapped or made executable} */
    String ofExecution(String call, long result) {
        return result == -Errno.EACCES || result == -Errno.EPERM
                ? "The host forbids executable shared mappings (SELinux execmem, noexec, seccomp, PR_SET_MDWE): allow"
                        + " them."
                : ofMapping(call, result);
    }

    /** {@return what helps if madvise(2) does not make 2 MiB one huge page} */
    String ofHugePage(Backing backing, long result) {
        HugePageSettings settings = host.hugePages();
        return switch ((int) -result) {
            case Errno.EPERM, Errno.EACCES, Errno.ENOSYS -> general("madvise(2)", result, "");
            case Errno.EBUSY -> "The memory cgroup of this process has no room for 2 MiB: raise its limit (memory.max,"
                    + " memory.limit_in_bytes), or free memory.";
            case Errno.EINVAL -> ofNoHugePages(backing, settings);
            default -> "Free memory in pieces of 2 MiB: echo 1 | sudo tee /proc/sys/vm/compact_memory makes contiguous"
                    + " ones.";
        };
    }

    private String ofNoHugePages(Backing backing, HugePageSettings settings) {
        if (settings.thpEnabled().isEmpty()) {
            return "Boot a kernel with CONFIG_TRANSPARENT_HUGEPAGE.";
        }
        if (host.disablesHugePages()) {
            return "Transparent huge pages are switched off for this process: start it without"
                    + " prctl(PR_SET_THP_DISABLE), which children inherit.";
        }
        if (!host.release().isAtLeast(6, 1)) {
            String needs = "MADV_COLLAPSE needs Linux 6.1 or later, and this is Linux " + host.release() + ".";
            return backing == Backing.ANON_THP && settings.thpEnabled().orElse("").equals("never")
                    ? needs + " Without it, set /sys/kernel/mm/transparent_hugepage/enabled to madvise."
                    : needs;
        }
        if (backing == Backing.SHMEM_THP && settings.shmemEnabled().orElse("").equals("deny")) {
            return "Set /sys/kernel/mm/transparent_hugepage/shmem_enabled to a value other than deny.";
        }
        return "The kernel (Linux " + host.release() + ") cannot make these 2 MiB one huge page: use the pool"
                + " (vm.nr_hugepages), or small pages.";
    }

    private String unexplained(String call) {
        return "No setting is known that makes " + call + " fail so on Linux " + host.release() + ".";
    }

    /** {@return what helps if address space cannot be reserved} */
    String ofReservation(long result) {
        if (result != -Errno.ENOMEM) {
            return ofMapping("mmap(2)", result);
        }
        MappingLimit mappings = host.mappings();
        return mappings.isNear()
                ? "The process has " + mappings.count() + " of " + mappings.max()
                        + " mappings: raise vm.max_map_count."
                : "Ask for a smaller capacity, or raise the limit of address space (ulimit -v) of this process.";
    }

    /** {@return what helps if memory cannot be written through {@code /proc/self/mem}} */
    String ofPoke(long result) {
        return switch ((int) -result) {
            case Errno.EMFILE, Errno.ENFILE -> general("open(2)", result, "");
            case Errno.ENOENT -> MOUNT_PROC;
            default -> "The write path POKE needs a writable /proc/self/mem (proc mounted, proc_mem.force_override not"
                    + " never, no seccomp filter or security module against it).";
        };
    }

    /** {@return what helps if written memory cannot become executable} */
    String ofPublishing(long result) {
        return result == -Errno.EACCES || result == -Errno.EPERM
                ? "The write path IN_PLACE needs memory that may be written first and executed later: no"
                        + " prctl(PR_SET_MDWE), no SELinux rule against execmem, no such seccomp filter."
                : ofMapping("mmap(2) or mprotect(2)", result);
    }

    /** {@return what helps if a device cannot be opened} */
    String ofDevice(String path, long result) {
        return general("open(2)", result, "Give the process the device " + path + ".");
    }

    /** {@return what helps if memfd_secret(2) fails} */
    String ofSecretFile(long result) {
        if (result != -Errno.ENOSYS) {
            return general("memfd_secret(2)", result, unexplained("memfd_secret(2)"));
        }
        if (!host.release().isAtLeast(5, 14)) {
            return "memfd_secret(2) needs Linux 5.14 or later, and this is Linux " + host.release() + ".";
        }
        return host.release().isAtLeast(6, 5)
                ? "The kernel needs CONFIG_SECRETMEM, not switched off by secretmem.enable=0, and no seccomp filter"
                        + " that hides memfd_secret(2)."
                : "Boot with secretmem.enable=1: before Linux 6.5 memfd_secret(2) is off unless it is asked for. The"
                        + " kernel needs CONFIG_SECRETMEM.";
    }

    /** {@return what helps if secret memory cannot be mapped} */
    String ofSecretMapping(long result) {
        if (result != -Errno.EAGAIN) {
            return ofMapping("mmap(2)", result);
        }
        LockedMemory locked = host.lockedMemory();
        return "Secret memory is locked memory: RLIMIT_MEMLOCK is " + locked.limit().describe() + " bytes, "
                + locked.byteSize() + " are in use, a region needs " + Region.BYTE_SIZE
                + ". Raise it (ulimit -l, in KiB), or grant CAP_IPC_LOCK.";
    }

    /** {@return what helps if a page of secret memory cannot be populated} */
    String ofPage(long result) {
        return result == -Errno.EFAULT || result == -Errno.ENOMEM
                ? outOfMemory()
                : general("pread(2)", result, unexplained("pread(2)"));
    }

    /** {@return what helps if a file cannot be sealed against writers} */
    String ofSeals(long result) {
        return result == -Errno.EINVAL
                ? sinceRelease("F_SEAL_FUTURE_WRITE", 5, 1).orElse(unexplained("fcntl(2)"))
                : general("fcntl(2)", result, unexplained("fcntl(2)"));
    }

    /** {@return what helps if a file of a pinned region cannot be kept} */
    String ofKeptFile(long result) {
        return result == -Errno.ENOENT ? MOUNT_PROC : general("open(2)", result, unexplained("open(2)"));
    }

    /** {@return what helps if a region cannot be pinned} */
    String ofPinning(long result) {
        String cause = switch ((int) -result) {
            case Errno.ENOSYS, Errno.EINVAL -> sinceRelease("mseal(2)", 6, 10)
                    .orElse(general("mseal(2)", result, unexplained("mseal(2)")));
            default -> ofMapping("mseal(2)", result);
        };
        return cause + " Hardening SEALED does without.";
    }

    /** {@return what helps if there is no barrier for the cores that run patched code} */
    String ofBarrier(long result) {
        String cause = switch ((int) -result) {
            case Errno.ENOSYS, Errno.EINVAL -> sinceRelease("membarrier(2) for code", 4, 16)
                    .orElse(result == -Errno.EINVAL
                            ? "The kernel needs CONFIG_MEMBARRIER."
                            : "The kernel needs CONFIG_MEMBARRIER, and no seccomp filter may hide membarrier(2).");
            default -> general("membarrier(2)", result, unexplained("membarrier(2)"));
        };
        return cause + " Trampolines do without it: retargeting one changes data and no code.";
    }

    /** {@return what helps if the kernel's list of mappings cannot be opened} */
    String ofMaps(long result) {
        return result == -Errno.ENOENT ? MOUNT_PROC : general("open(2)", result, unexplained("open(2)"));
    }

    private Optional<String> sinceRelease(String what, int major, int minor) {
        return host.release().isAtLeast(major, minor)
                ? Optional.empty()
                : Optional.of(what + " needs Linux " + major + "." + minor + " or later, and this is Linux "
                        + host.release() + ".");
    }
}
