package dev.ashlar.field;

import dev.ashlar.DataHeap;
import dev.ashlar.SecretHeap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A thread ends with a confined arena open. The heap can be closed, and a secret in the arena is gone. */
public final class EndedThreads {
    private EndedThreads() {}

    public static void main(String[] arguments) throws InterruptedException {
        switch (arguments[0]) {
            case "data" -> data();
            case "secret" -> secret();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void data() throws InterruptedException {
        DataHeap heap = DataHeap.create();
        Thread thread = new Thread(() -> heap.confinedArena().allocate(100));
        thread.start();
        thread.join();
        heap.close();
        System.out.println("closed");
    }

    private static void secret() throws InterruptedException {
        SecretHeap heap = SecretHeap.create();
        MemorySegment[] kept = new MemorySegment[1];
        Thread thread = new Thread(() -> {
            kept[0] = heap.confinedArena().allocate(32);
            kept[0].fill((byte) 0x5a);
        });
        thread.start();
        thread.join();
        heap.close();
        try {
            System.out.println("the secret is still there: " + kept[0].get(ValueLayout.JAVA_BYTE, 0));
        } catch (IllegalStateException | WrongThreadException refused) {
            System.out.println("closed, the secret cannot be read");
        }
    }
}
