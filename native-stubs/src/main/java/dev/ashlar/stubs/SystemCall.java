package dev.ashlar.stubs;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The calls of {@link SystemCalls}, each with the errors that its manual page lists.
 *
 * <p>A host may answer with other errors too: a seccomp filter returns any number for any call.
 */
public enum SystemCall {
    MMAP("mmap", Errno.EACCES, Errno.EAGAIN, Errno.EBADF, Errno.EEXIST, Errno.EINVAL, Errno.ENFILE, Errno.ENODEV,
            Errno.ENOMEM, Errno.EOVERFLOW, Errno.EPERM, Errno.ETXTBSY),
    MUNMAP("munmap", Errno.EINVAL, Errno.ENOMEM),
    MPROTECT("mprotect", Errno.EACCES, Errno.EINVAL, Errno.ENOMEM),
    MADVISE("madvise", Errno.EACCES, Errno.EAGAIN, Errno.EBADF, Errno.EBUSY, Errno.EFAULT, Errno.EINVAL, Errno.EIO,
            Errno.ENOMEM, Errno.EPERM),
    MREMAP("mremap", Errno.EAGAIN, Errno.EFAULT, Errno.EINVAL, Errno.ENOMEM),
    MSEAL("mseal", Errno.EINVAL, Errno.ENOMEM, Errno.EPERM, Errno.ENOSYS),
    MEMFD_CREATE("memfd_create", Errno.EACCES, Errno.EFAULT, Errno.EINVAL, Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM,
            Errno.EPERM, Errno.ENOSYS),
    MEMFD_SECRET("memfd_secret", Errno.EINVAL, Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.ENOSYS),
    FTRUNCATE("ftruncate", Errno.EBADF, Errno.EFBIG, Errno.EINTR, Errno.EINVAL, Errno.EIO, Errno.EPERM,
            Errno.ETXTBSY),
    FALLOCATE("fallocate", Errno.EBADF, Errno.EFBIG, Errno.EINTR, Errno.EINVAL, Errno.EIO, Errno.ENODEV,
            Errno.ENOSPC, Errno.ENOSYS, Errno.EOPNOTSUPP, Errno.EPERM, Errno.ESPIPE, Errno.ETXTBSY),
    FCNTL("fcntl", Errno.EACCES, Errno.EAGAIN, Errno.EBADF, Errno.EBUSY, Errno.EINTR, Errno.EINVAL, Errno.EMFILE,
            Errno.EPERM),
    OPEN("open", Errno.EACCES, Errno.EBUSY, Errno.EEXIST, Errno.EFAULT, Errno.EFBIG, Errno.EINTR, Errno.EINVAL,
            Errno.EMFILE, Errno.ENFILE, Errno.ENODEV, Errno.ENOENT, Errno.ENOMEM, Errno.ENOSPC, Errno.ENXIO,
            Errno.EOPNOTSUPP, Errno.EOVERFLOW, Errno.EPERM, Errno.ETXTBSY),
    CLOSE("close", Errno.EBADF, Errno.EINTR, Errno.EIO, Errno.ENOSPC),
    PREAD("pread", Errno.EAGAIN, Errno.EBADF, Errno.EFAULT, Errno.EINTR, Errno.EINVAL, Errno.EIO, Errno.ENXIO,
            Errno.EOVERFLOW, Errno.ESPIPE),
    PWRITE("pwrite", Errno.EAGAIN, Errno.EBADF, Errno.EFAULT, Errno.EFBIG, Errno.EINTR, Errno.EINVAL, Errno.EIO,
            Errno.ENOSPC, Errno.ENXIO, Errno.EOVERFLOW, Errno.EPERM, Errno.ESPIPE),
    IOCTL("ioctl", Errno.EBADF, Errno.EFAULT, Errno.EINVAL, Errno.ENOMEM, Errno.ENOTTY),
    MEMBARRIER("membarrier", Errno.EINVAL, Errno.ENOSYS, Errno.EPERM),
    PRCTL("prctl", Errno.EACCES, Errno.EBADF, Errno.EBUSY, Errno.EFAULT, Errno.EINVAL, Errno.ENODEV, Errno.ENXIO,
            Errno.EOPNOTSUPP, Errno.EPERM, Errno.ERANGE),
    SYSCONF("sysconf", Errno.EINVAL);

    private static final Map<String, SystemCall> BY_METHOD = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(call -> call.name.replace("_", ""), Function.identity()));

    private final String name;
    @SuppressWarnings("ImmutableEnumChecker") // An unmodifiable list of immutable objects.
    private final List<Errno> errors;

    SystemCall(String name, int... errors) {
        this.name = name;
        this.errors = IntStream.of(errors).mapToObj(Errno::ofNumber).toList();
    }

    /** {@return the name in the manual, for example "memfd_create"} */
    public String manualName() {
        return name;
    }

    /** {@return the errors that the manual page lists and a call on memory or a memory file can have} */
    public List<Errno> errors() {
        return errors;
    }

    /** {@return the call that a method of {@link SystemCalls} makes; empty if the method makes none} */
    public static Optional<SystemCall> ofMethod(String method) {
        return Optional.ofNullable(BY_METHOD.get(method.toLowerCase(Locale.ROOT)));
    }

    /** {@return the call with a name as in the manual} */
    static Optional<SystemCall> ofManualName(String manualName) {
        return Arrays.stream(values()).filter(call -> call.name.equals(manualName)).findFirst();
    }
}
