package dev.ashlar.host;

import dev.ashlar.stubs.SystemCalls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * System calls that note which threads make them. Before a call of the housekeeping thread, a hook may wait, throw, or
 * give the result instead of the kernel.
 */
public final class WatchedCalls {
    private static final String THREAD_NAME = "ashlar-housekeeping";

    private final Set<String> threadNames = ConcurrentHashMap.newKeySet();
    private volatile Function<String, Integer> hook = _ -> 0;

    /** {@return whether the current thread is the one that works for all heaps} */
    public static boolean isHousekeeping() {
        return Thread.currentThread().getName().equals(THREAD_NAME);
    }

    /** {@return whether such a thread is alive} */
    public static boolean isHousekeepingAlive() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals(THREAD_NAME));
    }

    /**
     * Sets what is asked before each call of the housekeeping thread: it gets the call's name, and returns 0 to let the
     * kernel answer, or the result.
     */
    public void onHousekeeping(Function<String, Integer> action) {
        hook = action;
    }

    /** {@return names of the threads that have made calls, and forgets them} */
    public Set<String> takeThreadNames() {
        Set<String> taken = Set.copyOf(threadNames);
        threadNames.removeAll(taken);
        return taken;
    }

    /** {@return whether the housekeeping thread made a call since the names were last taken} */
    public boolean hasHousekeepingCalled() {
        return threadNames.contains(THREAD_NAME);
    }

    /** {@return calls to {@code kernel} that are watched} */
    public SystemCalls around(SystemCalls kernel) {
        return (SystemCalls) Proxy.newProxyInstance(
                SystemCalls.class.getClassLoader(), new Class<?>[] {SystemCalls.class}, (_, method, arguments) -> {
                    threadNames.add(Thread.currentThread().getName());
                    int result = isHousekeeping() ? hook.apply(method.getName()) : 0;
                    if (result != 0) {
                        return method.getReturnType() == long.class ? (Object) (long) result : (Object) result;
                    }
                    try {
                        return method.invoke(kernel, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
