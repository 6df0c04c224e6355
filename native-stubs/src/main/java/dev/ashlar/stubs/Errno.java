package dev.ashlar.stubs;

import java.util.Arrays;
import java.util.Optional;

/**
 * An error number of Linux with its name, so that messages say EACCES and not 13.
 *
 * <p>The numbers are those of {@code asm-generic/errno.h}, the same on x86-64 and AArch64. Numbers that Linux defines
 * come from a table: naming one allocates nothing.
 */
public final class Errno {

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int ESPIPE = 29;
    public static final int ERANGE = 34;
    public static final int ENOSYS = 38;
    public static final int EOVERFLOW = 75;
    public static final int EOPNOTSUPP = 95;

    /** The kernel keeps the last page of the address space for errors: {@code MAX_ERRNO} in linux/err.h. */
    private static final int LAST = 4095;
    /** More than signals can cause, so that a filter that always answers EINTR does not stop a thread for good. */
    private static final int MOST_ATTEMPTS = 1000;

    /** Names in order from 1. A dash marks a number that Linux skips (41 and 58 are aliases of 11 and 35). */
    private static final String NAMES = """
            EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY \
            EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK \
            EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC \
            EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR \
            ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG \
            EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE \
            EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP \
            EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED \
            ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN \
            EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM \
            EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL \
            EHWPOISON""";

    private static final Errno[] KNOWN = table();

    private final int number;
    private final String name;

    private Errno(int number, String name) {
        this.number = number;
        this.name = name;
    }

    /** {@return whether a result of {@link SystemCalls} is a failure: a value in {@code [-4095, -1]}} */
    public static boolean isFailure(long result) {
        return result < 0 && result >= -LAST;
    }

    /** {@return whether a signal interrupted a call at its {@code attempt}th attempt, and another one makes sense} */
    public static boolean isWorthRepeating(long result, int attempt) {
        return result == -EINTR && attempt < MOST_ATTEMPTS;
    }

    /**
     * Returns the error in a failed result of {@link SystemCalls}.
     *
     * @throws IllegalArgumentException if the result is not a failure
     */
    public static Errno of(long result) {
        if (!isFailure(result)) {
            throw new IllegalArgumentException("not a failed result: result=" + result);
        }
        return ofNumber((int) -result);
    }

    /**
     * Returns the error with a positive number, as errno(3) holds it.
     *
     * @throws IllegalArgumentException if the number is not in {@code [1, 4095]}
     */
    public static Errno ofNumber(int number) {
        if (number < 1 || number > LAST) {
            throw new IllegalArgumentException("not an error number: number=" + number);
        }
        return number < KNOWN.length ? KNOWN[number] : new Errno(number, unnamed(number));
    }

    /** {@return the error with a name, for example "EACCES"; empty if Linux has none of this name} */
    public static Optional<Errno> ofName(String name) {
        return Arrays.stream(KNOWN)
                .filter(errno -> errno.name.equals(name) && !name.equals(unnamed(errno.number)))
                .findFirst();
    }

    /** {@return the error in a failed result as text, for example "EACCES (13)"} */
    public static String describe(long result) {
        return of(result).describe();
    }

    public int number() {
        return number;
    }

    /** {@return the name, for example "EACCES"; "E134" for a number that Linux does not define} */
    public String name() {
        return name;
    }

    /** {@return name and number, for example "EACCES (13)"} */
    public String describe() {
        return name + " (" + number + ")";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Errno errno && errno.number == number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return describe();
    }

    private static Errno[] table() {
        String[] names = NAMES.split(" ", -1);
        Errno[] table = new Errno[names.length + 1];
        // Entry 0 is not an error and is never returned; it avoids a null and an offset.
        table[0] = new Errno(0, "E0");
        for (int number = 1; number < table.length; number++) {
            String name = names[number - 1];
            table[number] = new Errno(number, name.equals("-") ? unnamed(number) : name);
        }
        return table;
    }

    private static String unnamed(int number) {
        return "E" + number;
    }
}
