package dev.ashlar.tool.child;

import java.util.concurrent.locks.LockSupport;

/**
 * Does something if a signal, such as that of Ctrl-C, ends this process before the object is closed.
 *
 * <p>If the process is ending, a thread that makes or closes an object waits for the end: it reports nothing of work
 * that was cut short, and starts nothing that would outlive the process. For one thread.
 */
final class ExitAction implements AutoCloseable {
    private final Thread hook;

    ExitAction(Runnable action) {
        hook = new Thread(action, "ashlar-exit");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException ending) {
            waitForEnd();
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            waitForEnd();
        }
    }

    private static void waitForEnd() {
        while (true) {
            LockSupport.park();
        }
    }
}
