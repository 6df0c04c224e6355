package dev.ashlar.tool.doctor;

import dev.ashlar.SecretHeap;
import dev.ashlar.memory.Backing;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.BackingUnavailableException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Tries memory for secrets: builds a small heap, writes a block and reads it back. */
final class SecretRung {
    private static final long CAPACITY_BYTE_SIZE = 2L << 20;
    private static final int BYTE_SIZE = 10_000;
    private static final byte MARK = 42;

    private SecretRung() {}

    static Rung attempt() {
        String backing = Backing.SECRET.label();
        try (SecretHeap heap = SecretHeap.builder().name("doctor-secret").capacity(CAPACITY_BYTE_SIZE).build()) {
            MemorySegment secret = heap.allocate(BYTE_SIZE).fill(MARK);
            boolean kept = secret.get(ValueLayout.JAVA_BYTE, BYTE_SIZE - 1) == MARK && heap.audit().isClean();
            String detail = kept
                    ? "a secret was kept"
                    : "a secret was lost, or its mapping is wrong: " + heap.audit().misplaced();
            return new Rung(backing, kept, detail, kept ? Optional.empty() : Optional.of("report this"), 0, 0);
        } catch (AshlarException refused) {
            String fix = refused instanceof BackingUnavailableException unavailable
                    ? unavailable.refusals().getLast().remedy()
                    : "report this";
            return new Rung(backing, false, String.valueOf(refused.getMessage()), Optional.of(fix), 0, 0);
        }
    }
}
