package dev.ashlar.stubs;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * System calls that fail as one line of text says, for example
 * {@code mmap:3=ENOMEM; madvise:*=EPERM; fallocate:2-5=ENOSPC}.
 *
 * <p>A script is a list of rules {@code CALL:WHICH=ERROR}, separated by semicolons. CALL is a name from the manual, or
 * {@code *} for all calls. WHICH says which of these calls fail, counted from 1: {@code 3}, {@code 2-5}, {@code 4-}
 * (the fourth and all later ones) or {@code *} (all). ERROR is a name such as ENOMEM. Each rule counts every call that
 * it names. If two rules apply, the first one decides.
 *
 * <p>A call that fails is not made. The one exception is close(2): Linux closes the descriptor even if the call fails.
 *
 * <p>Thread-safe.
 */
public final class FaultScript {
    private static final ScopedValue<SystemCalls> INSTEAD_OF_KERNEL = ScopedValue.newInstance();

    private final List<Rule> rules;
    private final List<AddressRange> reservations = new ArrayList<>();
    private boolean ended;

    private FaultScript(List<Rule> rules) {
        this.rules = rules;
    }

    /**
     * What a rule did.
     *
     * @param rule its text
     * @param callCount calls that it counted
     * @param failedCount calls that it made fail
     */
    public record Outcome(String rule, long callCount, long failedCount) {}

    /**
     * Reads a script.
     *
     * @throws IllegalArgumentException if the text is not a script; the message names the position, counted from 1, and
     *     what is allowed there
     */
    public static FaultScript parse(String script) {
        List<Rule> rules = new ArrayList<>();
        int start = 0;
        for (String text : script.split(";", -1)) {
            rules.add(new RuleText(script, start, text).parse());
            start += text.length() + 1;
        }
        return new FaultScript(rules);
    }

    /** {@return the kernel, or what {@link #build} put in its place on this thread} */
    public static SystemCalls kernel() {
        return INSTEAD_OF_KERNEL.isBound() ? INSTEAD_OF_KERNEL.get() : Libc.system();
    }

    /** {@return the result of a builder of a heap; the heap makes all its calls through this script} */
    public <T> T build(Supplier<T> builder) {
        return ScopedValue.where(INSTEAD_OF_KERNEL, around(Libc.system())).call(builder::get);
    }

    /** {@return calls to {@code kernel} that fail as the script says} */
    public SystemCalls around(SystemCalls kernel) {
        return (SystemCalls) Proxy.newProxyInstance(SystemCalls.class.getClassLoader(),
                new Class<?>[] {SystemCalls.class}, (_, method, arguments) -> call(kernel, method, arguments));
    }

    /** Ends the faults: all later calls reach the kernel. */
    public synchronized void end() {
        ended = true;
    }

    /** {@return what each rule did so far} */
    public synchronized List<Outcome> outcomes() {
        return rules.stream().map(rule -> new Outcome(rule.text, rule.callCount, rule.failedCount)).toList();
    }

    /** {@return all address space that mmap(2) gave so far, at addresses that the kernel chose} */
    public synchronized List<AddressRange> reservations() {
        return List.copyOf(reservations);
    }

    private Object call(SystemCalls kernel, Method method, Object @Nullable [] arguments) throws Throwable {
        SystemCall call = SystemCall.ofMethod(method.getName()).orElse(null);
        int error = call == null ? 0 : decide(call);
        Object result = error == 0 || call == SystemCall.CLOSE ? invoke(kernel, method, arguments) : 0;
        if (error == 0) {
            if (call == SystemCall.MMAP && arguments != null) {
                noteReservation((long) result, (long) arguments[1], (int) arguments[3]);
            }
            return result;
        }
        int failure = call == SystemCall.SYSCONF ? -1 : -error;
        return method.getReturnType() == int.class ? (Object) failure : (Object) (long) failure;
    }

    private static Object invoke(SystemCalls kernel, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return Objects.requireNonNull(method.invoke(kernel, arguments));
        } catch (InvocationTargetException thrown) {
            throw Objects.requireNonNullElse(thrown.getCause(), thrown);
        }
    }

    /** {@return the errno to fail with, or 0}; every rule sees every call, so that their counts are independent. */
    private synchronized int decide(SystemCall call) {
        int decision = 0;
        for (Rule rule : rules) {
            int error = ended ? 0 : rule.error(call, decision == 0);
            decision = decision == 0 ? error : decision;
        }
        return decision;
    }

    private synchronized void noteReservation(long address, long byteSize, int flags) {
        if (!Errno.isFailure(address) && (flags & Linux.MAP_FIXED) == 0) {
            reservations.add(AddressRange.ofSize(address, byteSize));
        }
    }

    private static final class Rule {
        private final String text;
        private final @Nullable SystemCall call;
        private final long first;
        private final long last;
        private final int errno;
        private long callCount;
        private long failedCount;

        Rule(String text, @Nullable SystemCall call, long first, long last, int errno) {
            this.text = text;
            this.call = call;
            this.first = first;
            this.last = last;
            this.errno = errno;
        }

        int error(SystemCall made, boolean decides) {
            if (call != null && call != made) {
                return 0;
            }
            callCount++;
            if (callCount < first || callCount > last) {
                return 0;
            }
            failedCount += decides ? 1 : 0;
            return errno;
        }
    }

    /** One rule of a script, and where it starts. */
    private record RuleText(String script, int start, String text) {

        Rule parse() {
            int colon = text.indexOf(':');
            int equals = text.indexOf('=');
            if (colon < 0 || equals < colon) {
                throw wrong(0, text.length(), "must be CALL:WHICH=ERROR, for example mmap:3=ENOMEM");
            }
            String which = part(colon + 1, equals);
            int dash = which.indexOf('-');
            long first = 1;
            long last = Long.MAX_VALUE;
            if (!which.equals("*")) {
                first = number(dash < 0 ? which : which.substring(0, dash), colon + 1, equals);
                boolean isOpen = dash >= 0 && dash == which.length() - 1;
                last = dash < 0 ? first : isOpen ? last : number(which.substring(dash + 1), colon + 1, equals);
            }
            if (last < first) {
                throw wrong(colon + 1, equals, "ends before it starts");
            }
            return new Rule(text.strip(), call(colon), first, last, errno(equals + 1));
        }

        private @Nullable SystemCall call(int end) {
            String name = part(0, end);
            if (name.equals("*")) {
                return null;
            }
            return SystemCall.ofManualName(name).orElseThrow(() -> wrong(0, end, "must be * or one of "
                    + Arrays.stream(SystemCall.values()).map(SystemCall::manualName)
                            .collect(Collectors.joining(", "))));
        }

        private int errno(int from) {
            String name = part(from, text.length());
            return Errno.ofName(name).orElseThrow(() -> wrong(from, text.length(),
                    "must be the name of an error of Linux, for example ENOMEM, EPERM or ENOSPC")).number();
        }

        private long number(String digits, int from, int to) {
            if (!digits.matches("[1-9][0-9]{0,17}")) {
                throw wrong(from, to, "must be a number from 1, a range such as 2-5 or 4-, or *");
            }
            return Long.parseLong(digits);
        }

        private String part(int from, int to) {
            return text.substring(from, to).strip();
        }

        private IllegalArgumentException wrong(int from, int to, String rule) {
            String part = text.substring(from, to);
            int blanks = part.length() - part.stripLeading().length();
            return new IllegalArgumentException("fault script \"%s\", position %d: \"%s\" %s".formatted(script,
                    start + from + blanks + 1, part.strip(), rule));
        }
    }
}
