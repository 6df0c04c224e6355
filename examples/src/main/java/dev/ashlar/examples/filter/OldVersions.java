package dev.ashlar.examples.filter;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeUnit;
import dev.ashlar.RegisteredThread;
import dev.ashlar.Retirement;
import dev.ashlar.Trampoline;
import dev.ashlar.report.BacklogFullException;
import dev.ashlar.report.HeapExhaustedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * Frees what threads may still run, when each of them has passed a quiescent point.
 *
 * <p>A {@link Retirement} takes blocks. For anything else, this class retires a block of one instruction, a marker:
 * when no retired block waits any more, what was replaced before the markers is not run either.
 */
final class OldVersions implements AutoCloseable {
    private static final int LARGEST_BACKLOG = 10_000;
    private static final byte[] RET = {(byte) 0xc3};

    private final CodeHeap heap;
    private final Retirement retirement;
    /** Not retired yet. More than one only if the backlog or the heap is full. Guarded by this object's monitor. */
    private final Queue<Old> replaced = new ArrayDeque<>();
    /** What is freed with the markers. Guarded by this object's monitor. */
    private final List<Runnable> marked = new ArrayList<>();

    OldVersions(CodeHeap heap) {
        this.heap = heap;
        this.retirement = heap.openRetirement(LARGEST_BACKLOG);
    }

    /** Registers the current thread, which may run filters from now on. */
    RegisteredThread register() {
        return retirement.register();
    }

    /** Frees a version later. No thread enters it any more. */
    void retire(Version version) {
        retire(switch (version) {
            case Version.Scalar(CodeBlock block) -> new Old.Block(block);
            case Version.Vector(CodeUnit unit) -> new Old.Marked(unit::free);
            case Version.Interpreted interpreted -> new Old.Marked(interpreted.life()::close);
        });
    }

    /** Frees a trampoline later. No thread enters it any more. */
    void retire(Trampoline trampoline) {
        retire(new Old.Marked(trampoline::free));
    }

    private synchronized void retire(Old old) {
        replaced.add(old);
        try {
            while (!replaced.isEmpty()) {
                switch (replaced.element()) {
                    case Old.Block(CodeBlock block) -> retirement.retire(block);
                    case Old.Marked(Runnable free) -> mark(free);
                }
                replaced.remove();
            }
        } catch (BacklogFullException | HeapExhaustedException full) {
            // The next call tries again. Until then the versions keep their memory.
        }
        freeMarked();
    }

    private void mark(Runnable free) {
        CodeBlock marker = heap.define(RET);
        try {
            retirement.retire(marker);
        } catch (BacklogFullException full) {
            marker.free();
            throw full;
        }
        marked.add(free);
    }

    /** Frees what is marked, if all markers are gone. */
    synchronized void freeMarked() {
        if (retirement.backlogCount() == 0) {
            marked.forEach(Runnable::run);
            marked.clear();
        }
    }

    /** {@return how much waits to be freed} */
    synchronized int waitingCount() {
        return replaced.size() + Math.max(marked.size(), retirement.backlogCount());
    }

    /** Frees everything. The caller promises that no thread runs a filter. */
    @Override
    public synchronized void close() {
        retirement.close();
        freeMarked();
        for (Old old : replaced) {
            switch (old) {
                case Old.Block(CodeBlock block) -> block.free();
                case Old.Marked(Runnable free) -> free.run();
            }
        }
        replaced.clear();
    }

    /** What is to be freed. */
    private sealed interface Old {
        /** A block, which is retired itself. */
        record Block(CodeBlock block) implements Old {}

        /** Something else, which is freed by a call. */
        record Marked(Runnable free) implements Old {}
    }
}
