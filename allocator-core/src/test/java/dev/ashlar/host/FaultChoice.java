package dev.ashlar.host;

import dev.ashlar.stubs.FaultyCalls;
import dev.ashlar.stubs.Libc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The system calls that fail in a heap's life, one in each repetition of the life.
 *
 * <p>The short form takes the first and the last call of each path through the heap's code. So a call that is made for
 * every region fails for the first and for the last region. The long form, {@code -Dashlar.faults=all}, takes every
 * call.
 *
 * <p>close(2) does not fail here: Linux closes the descriptor even if the call fails. Nor does ioctl(2): how often an
 * audit asks the kernel depends on where the kernel used huge pages. {@link CallSites} covers it.
 */
public final class FaultChoice {
    private static final boolean IS_LONG = "all".equals(System.getProperty("ashlar.faults"));
    private static final StackWalker STACK = StackWalker.getInstance();

    private final Map<String, List<Integer>> numbersByPath = new LinkedHashMap<>();
    private int callCount;

    /** {@return calls to the kernel for the first life, without a fault} */
    public FaultyCalls rehearsal() {
        FaultyCalls calls = new FaultyCalls(Libc.system());
        rehearse(calls);
        return calls;
    }

    /** Notes what is called from now on, until {@link FaultyCalls#heal()}. */
    public void rehearse(FaultyCalls calls) {
        calls.failWhen(call -> {
            note(call);
            return false;
        }, 0);
    }

    /** {@return calls that could have failed in the rehearsal} */
    public int callCount() {
        return callCount;
    }

    /** {@return the calls that are to fail, one in each repetition, counted from 1} */
    public List<Integer> chosen() {
        return numbersByPath.values().stream()
                .flatMap(numbers -> (IS_LONG ? numbers : List.of(numbers.getFirst(), numbers.getLast())).stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** {@return calls to the kernel of which the {@code nth} fails} */
    public static FaultyCalls failing(int nth, int errno) {
        int[] count = {0};
        return new FaultyCalls(Libc.system()).failWhen(call -> counts(call) && ++count[0] == nth, errno);
    }

    /** Makes the {@code nth} call from now on fail, and all later ones. */
    public static void failFrom(FaultyCalls calls, int nth, int errno) {
        int[] count = {0};
        calls.failWhen(call -> counts(call) && ++count[0] >= nth, errno);
    }

    private static boolean counts(FaultyCalls.Call call) {
        return !call.method().equals("close") && !call.method().equals("ioctl");
    }

    private void note(FaultyCalls.Call call) {
        if (counts(call)) {
            numbersByPath.computeIfAbsent(call.method() + path(), path -> new ArrayList<>()).add(++callCount);
        }
    }

    /** {@return the lines of the heap's code that the calling thread is in} */
    static String path() {
        return STACK.walk(frames -> frames
                .filter(frame -> frame.getClassName().startsWith("dev.ashlar.") && !isOfTests(frame.getClassName()))
                .map(frame -> frame.getClassName() + ":" + frame.getLineNumber())
                .collect(Collectors.joining(" ")));
    }

    private static boolean isOfTests(String className) {
        return className.startsWith(FaultChoice.class.getName()) || className.startsWith(CallSites.class.getName())
                || className.startsWith(FaultyCalls.class.getName())
                || className.contains("Test") || className.contains("Faults");
    }
}
