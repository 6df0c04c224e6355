package dev.ashlar.stubs;

/** Constants of the Linux system-call interface that only tests use; see {@link Linux}. */
public final class TestLinux {

    public static final int MAP_HUGETLB = 0x40000;
    public static final int MAP_HUGE_2MB = 21 << 26;
    public static final int MADV_DONTNEED = 4;
    public static final int MADV_FREE = 8;
    public static final int MADV_REMOVE = 9;
    public static final int MADV_DOFORK = 11;
    public static final int F_GETFD = 1;
    public static final int F_GETFL = 3;
    public static final int F_GET_SEALS = 1034;
    public static final int FD_CLOEXEC = 1;
    public static final int MEMBARRIER_CMD_QUERY = 0;
    public static final int MEMBARRIER_CMD_PRIVATE_EXPEDITED = 1 << 3;
    public static final int MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 1 << 4;
    public static final int PR_GET_DUMPABLE = 3;
    public static final int PR_GET_NAME = 16;
    public static final int PR_MDWE_REFUSE_EXEC_GAIN = 1;
    public static final int SC_OPEN_MAX = 4;
    public static final int SC_NPROCESSORS_ONLN = 84;

    private TestLinux() {}
}
