package dev.ashlar.examples.lifetime;

import dev.ashlar.CodeGroup;
import dev.ashlar.CodeHeap;
import dev.ashlar.examples.path.Answer;
import java.lang.invoke.MethodHandle;

/** Grouped: code that ends together. No close ends a call that runs, and later calls throw. */
public final class GroupedExample {
    private GroupedExample() {}

    /** Closes a group and calls its function afterwards. */
    public static void main(String[] arguments) throws Throwable {
        if (!Answer.isX86()) {
            return;
        }
        try (CodeHeap heap = CodeHeap.create()) {
            MethodHandle function;
            try (CodeGroup plan = heap.openGroup()) {
                function = plan.define(Answer.of(42)).bind(Answer.FUNCTION);
                IO.println("the function returns " + (int) function.invokeExact());
            }
            try {
                IO.println("the function returns " + (int) function.invokeExact());
            } catch (IllegalStateException closed) {
                IO.println("the group is closed: " + closed.getMessage());
            }
        }
    }
}
