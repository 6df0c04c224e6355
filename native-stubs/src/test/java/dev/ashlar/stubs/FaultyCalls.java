package dev.ashlar.stubs;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * {@link SystemCalls} that records every call and fails chosen ones without making them.
 *
 * <p>Wraps real calls or a fake. A rule counts calls from the moment it is added; the first rule that applies decides.
 * Thread-safe: the decision and the recording are each one step, the call itself is between them.
 */
public final class FaultyCalls implements SystemCalls {

    private final SystemCalls target;
    private final List<Call> recorded = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();

    public FaultyCalls(SystemCalls target) {
        this.target = target;
    }

    /**
     * One call that was made.
     *
     * @param method name of the method of {@link SystemCalls}
     * @param arguments as passed, integers as {@link Long}
     * @param result what the caller got
     * @param injected whether the failure was injected and the call never made
     */
    public record Call(String method, List<Object> arguments, long result, boolean injected) {

        public Call {
            arguments = List.copyOf(arguments);
        }

        /** {@return an argument that is a number, counted from 0} */
        public long argument(int index) {
            return (Long) arguments.get(index);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(method).append('(');
            for (int index = 0; index < arguments.size(); index++) {
                Object argument = arguments.get(index);
                text.append(index == 0 ? "" : ", ")
                        .append(argument instanceof Long number ? "0x" + Long.toHexString(number) : argument);
            }
            return text.append(") = ").append(Errno.isFailure(result) ? Errno.describe(result) : result)
                    .append(injected ? " injected" : "").toString();
        }
    }

    /** Fails the {@code nth} call of a method from now on, counted from 1, once. */
    public FaultyCalls failNth(String method, int nth, int errno) {
        return add(new NthRule(call -> call.method().equals(method), nth, errno));
    }

    /** Fails the {@code nth} call of any method from now on, counted from 1, once: for scripts over every call. */
    public FaultyCalls failNth(int nth, int errno) {
        return add(new NthRule(call -> true, nth, errno));
    }

    /** Fails every call of a method from now on. */
    public FaultyCalls failAll(String method, int errno) {
        return failWhen(call -> call.method().equals(method), errno);
    }

    /** Fails every call that the predicate accepts from now on; it sees the call with result 0. */
    public FaultyCalls failWhen(Predicate<Call> when, int errno) {
        return add(call -> when.test(call) ? errno : 0);
    }

    /** Forgets all rules; recorded calls stay. */
    public synchronized void heal() {
        rules.clear();
    }

    /** Forgets recorded calls; rules stay. */
    public synchronized void forget() {
        recorded.clear();
    }

    /** {@return the calls so far, in the order of their ends} */
    public synchronized List<Call> calls() {
        return List.copyOf(recorded);
    }

    public synchronized List<Call> calls(String method) {
        return recorded.stream().filter(call -> call.method().equals(method)).toList();
    }

    public int count(String method) {
        return calls(method).size();
    }

    @Override
    public long mmap(long address, long byteSize, int protection, int flags, int fd, long offset) {
        return call("mmap", () -> target.mmap(address, byteSize, protection, flags, fd, offset), address, byteSize,
                (long) protection, (long) flags, (long) fd, offset);
    }

    @Override
    public int munmap(long address, long byteSize) {
        return (int) call("munmap", () -> target.munmap(address, byteSize), address, byteSize);
    }

    @Override
    public int mprotect(long address, long byteSize, int protection) {
        return (int) call("mprotect", () -> target.mprotect(address, byteSize, protection), address, byteSize,
                (long) protection);
    }

    @Override
    public int madvise(long address, long byteSize, int advice) {
        return (int) call("madvise", () -> target.madvise(address, byteSize, advice), address, byteSize,
                (long) advice);
    }

    @Override
    public long mremap(long address, long oldByteSize, long newByteSize, int flags, long newAddress) {
        return call("mremap", () -> target.mremap(address, oldByteSize, newByteSize, flags, newAddress), address,
                oldByteSize, newByteSize, (long) flags, newAddress);
    }

    @Override
    public int mseal(long address, long byteSize) {
        return (int) call("mseal", () -> target.mseal(address, byteSize), address, byteSize);
    }

    @Override
    public int memfdCreate(String name, int flags) {
        return (int) call("memfdCreate", () -> target.memfdCreate(name, flags), name, (long) flags);
    }

    @Override
    public int memfdSecret(int flags) {
        return (int) call("memfdSecret", () -> target.memfdSecret(flags), (long) flags);
    }

    @Override
    public int ftruncate(int fd, long byteSize) {
        return (int) call("ftruncate", () -> target.ftruncate(fd, byteSize), (long) fd, byteSize);
    }

    @Override
    public int fallocate(int fd, int mode, long offset, long byteSize) {
        return (int) call("fallocate", () -> target.fallocate(fd, mode, offset, byteSize), (long) fd, (long) mode,
                offset, byteSize);
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        return (int) call("fcntl", () -> target.fcntl(fd, command, argument), (long) fd, (long) command,
                (long) argument);
    }

    @Override
    public int open(String path, int flags) {
        return (int) call("open", () -> target.open(path, flags), path, (long) flags);
    }

    @Override
    public int close(int fd) {
        return (int) call("close", () -> target.close(fd), (long) fd);
    }

    @Override
    public long pread(int fd, long address, long byteSize, long offset) {
        return call("pread", () -> target.pread(fd, address, byteSize, offset), (long) fd, address, byteSize, offset);
    }

    @Override
    public long pwrite(int fd, long address, long byteSize, long offset) {
        return call("pwrite", () -> target.pwrite(fd, address, byteSize, offset), (long) fd, address, byteSize,
                offset);
    }

    @Override
    public long ioctl(int fd, long request, long argumentAddress) {
        return call("ioctl", () -> target.ioctl(fd, request, argumentAddress), (long) fd, request, argumentAddress);
    }

    @Override
    public int membarrier(int command, int flags) {
        return (int) call("membarrier", () -> target.membarrier(command, flags), (long) command, (long) flags);
    }

    @Override
    public int prctl(int option, long argument2, long argument3, long argument4, long argument5) {
        return (int) call("prctl", () -> target.prctl(option, argument2, argument3, argument4, argument5),
                (long) option, argument2, argument3, argument4, argument5);
    }

    @Override
    public long sysconf(int name) {
        return call("sysconf", () -> target.sysconf(name), (long) name);
    }

    private long call(String method, LongSupplier real, Object... arguments) {
        Call call = new Call(method, List.of(arguments), 0, false);
        int errno = decide(call);
        long result = errno == 0 ? real.getAsLong() : -errno;
        record(new Call(method, call.arguments(), result, errno != 0));
        return result;
    }

    /** Every rule sees every call, so that their counts do not depend on each other. */
    private synchronized int decide(Call call) {
        int decision = 0;
        for (Rule rule : rules) {
            int errno = rule.errno(call);
            decision = decision == 0 ? errno : decision;
        }
        return decision;
    }

    private synchronized void record(Call call) {
        recorded.add(call);
    }

    private synchronized FaultyCalls add(Rule rule) {
        rules.add(rule);
        return this;
    }

    @FunctionalInterface
    private interface Rule {
        /** The errno to fail with, or 0 to let the call through. */
        int errno(Call call);
    }

    private static final class NthRule implements Rule {
        private final Predicate<Call> counted;
        private final int errno;
        private int remaining;

        NthRule(Predicate<Call> counted, int nth, int errno) {
            if (nth < 1) {
                throw new IllegalArgumentException("calls count from 1: nth=" + nth);
            }
            this.counted = counted;
            this.remaining = nth;
            this.errno = errno;
        }

        @Override
        public int errno(Call call) {
            if (remaining == 0 || !counted.test(call)) {
                return 0;
            }
            remaining--;
            return remaining == 0 ? errno : 0;
        }
    }
}
