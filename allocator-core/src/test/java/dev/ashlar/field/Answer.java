package dev.ashlar.field;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Prints the result of a task on a thread of its own, or where that thread hangs, and ends the JVM. */
final class Answer {
    private static final int SECONDS = 20;

    private Answer() {}

    static void print(Callable<String> task) {
        System.out.println(of(task, SECONDS));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** {@return the result of the task, what it threw, or where it hangs} */
    static String of(Callable<String> task, int seconds) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                answer.complete(task.call());
            } catch (Throwable thrown) {
                answer.complete("thrown: " + thrown + " " + frames(thrown.getStackTrace()));
            }
        });
        try {
            return answer.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException hangs) {
            return "HANGS " + thread.getState() + " " + frames(thread.getStackTrace());
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String frames(StackTraceElement[] frames) {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < Math.min(8, frames.length); index++) {
            text.append(frames[index]).append("; ");
        }
        return text.toString();
    }
}
