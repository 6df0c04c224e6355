package dev.ashlar.tool.soak;

import dev.ashlar.CodeBlock;
import dev.ashlar.RegisteredThread;
import dev.ashlar.Retirement;
import dev.ashlar.report.BacklogFullException;
import java.util.ArrayList;
import java.util.List;

/** The blocks that a thread has retired since its last quiescent point; they must run until its next one. */
final class RetiredBlocks {
    private static final int BATCH = 64;

    private final Subject subject;
    private final Retirement retirement;
    private final RegisteredThread thread;
    private final List<Marked> waiting = new ArrayList<>();

    RetiredBlocks(Subject subject, Retirement retirement) {
        this.subject = subject;
        this.retirement = retirement;
        this.thread = retirement.register();
    }

    /** {@return whether the block was retired; if not, it is live} */
    boolean retire(CodeBlock block, Marked contents) {
        try {
            retirement.retire(block);
        } catch (BacklogFullException expected) {
            quiescent();
            return false;
        }
        waiting.add(contents);
        if (waiting.size() == BATCH) {
            quiescent();
        }
        return true;
    }

    private void quiescent() {
        waiting.forEach(block -> block.release(subject.shadow));
        waiting.clear();
        thread.quiescent();
    }

    /** Ends the registration. */
    void end() {
        quiescent();
        thread.close();
    }
}
