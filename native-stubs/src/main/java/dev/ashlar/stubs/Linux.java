package dev.ashlar.stubs;

/**
 * Constants of the Linux system-call interface, under the names that the kernel's headers give them.
 *
 * <p>The values are those of {@code include/uapi/asm-generic}, which x86-64 and AArch64 share; names whose value
 * differs between the two ({@code O_DIRECT} and its neighbours) are left out on purpose. A constant that is younger
 * than the oldest supported kernel (5.10) names the release that introduced it; older kernels answer {@code EINVAL} or
 * {@code ENOSYS}.
 */
public final class Linux {

    // Protections: mmap(2), mprotect(2).
    public static final int PROT_NONE = 0x0;
    public static final int PROT_READ = 0x1;
    public static final int PROT_WRITE = 0x2;
    public static final int PROT_EXEC = 0x4;

    // Mappings: mmap(2).
    public static final int MAP_SHARED = 0x01;
    public static final int MAP_PRIVATE = 0x02;
    public static final int MAP_FIXED = 0x10;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_NORESERVE = 0x4000;
    /** Fails with EEXIST instead of replacing a mapping; ignored before 4.17. */
    public static final int MAP_FIXED_NOREPLACE = 0x100000;

    // Advice: madvise(2).
    public static final int MADV_NORMAL = 0;
    /** Private pages lose their contents and their memory. */
    public static final int MADV_DONTNEED = 4;
    /** Shared pages lose their contents and their memory, in all mappings. */
    public static final int MADV_REMOVE = 9;
    public static final int MADV_DONTFORK = 10;
    public static final int MADV_HUGEPAGE = 14;
    public static final int MADV_NOHUGEPAGE = 15;
    public static final int MADV_DONTDUMP = 16;
    /** Undoes {@link #MADV_DONTDUMP}. */
    public static final int MADV_DODUMP = 17;
    /** A forked child finds zeros there. */
    public static final int MADV_WIPEONFORK = 18;
    /** Since 5.4. */
    public static final int MADV_COLD = 20;
    /** Since 5.14. */
    public static final int MADV_POPULATE_READ = 22;
    /** Since 5.14. */
    public static final int MADV_POPULATE_WRITE = 23;
    /** Since 6.1. */
    public static final int MADV_COLLAPSE = 25;

    // Remapping: mremap(2).
    public static final int MREMAP_MAYMOVE = 1;
    public static final int MREMAP_FIXED = 2;

    // Memory files: memfd_create(2).
    public static final int MFD_CLOEXEC = 0x1;
    public static final int MFD_ALLOW_SEALING = 0x2;
    public static final int MFD_HUGETLB = 0x4;
    /** Since 6.3. The file can still be mapped executable; what it forbids is execve(2) of it. */
    public static final int MFD_NOEXEC_SEAL = 0x8;
    /** Since 6.3; refused (EACCES) if vm.memfd_noexec is 2. */
    public static final int MFD_EXEC = 0x10;
    /** log2 of the page size, in the flag bits from 26 up. */
    public static final int MFD_HUGE_2MB = 21 << 26;

    // Space of a file: fallocate(2).
    public static final int FALLOC_FL_KEEP_SIZE = 0x1;
    /** Always together with {@link #FALLOC_FL_KEEP_SIZE}. */
    public static final int FALLOC_FL_PUNCH_HOLE = 0x2;

    // Descriptors and seals: fcntl(2).
    public static final int F_ADD_SEALS = 1033;
    public static final int F_SEAL_SEAL = 0x1;
    public static final int F_SEAL_SHRINK = 0x2;
    public static final int F_SEAL_GROW = 0x4;
    /** Since 5.1. */
    public static final int F_SEAL_FUTURE_WRITE = 0x10;

    // Opening: open(2).
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_APPEND = 0x400;
    public static final int O_CLOEXEC = 0x80000;
    /** Names a file and gives no access to it. */
    public static final int O_PATH = 0x200000;

    // Barriers on other cores: membarrier(2).
    public static final int MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE = 1 << 5;
    public static final int MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 1 << 6;

    // Process settings: prctl(2).
    public static final int PR_SET_THP_DISABLE = 41;
    public static final int PR_GET_THP_DISABLE = 42;
    /** Memory-deny-write-execute, since 6.3. */
    public static final int PR_SET_MDWE = 65;
    /** Names anonymous memory in maps files; since 5.17 with CONFIG_ANON_VMA_NAME. */
    public static final int PR_SET_VMA = 0x53564d41;
    public static final int PR_SET_VMA_ANON_NAME = 0;

    // Facts: sysconf(3), the numbers of glibc and musl.
    public static final int SC_PAGESIZE = 30;

    private Linux() {}
}
