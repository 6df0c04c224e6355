package dev.ashlar.tool.soak;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeGroup;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapExhaustedException;
import dev.ashlar.tool.code.ConstantFunction;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** A group of blocks that end together. */
final class GroupHeld implements Held {
    private static final int MOST_BLOCKS = 64;

    private final Subject subject;
    private final CodeGroup group;
    private final List<CodeBlock> blocks = new ArrayList<>();
    private final List<Marked> contents = new ArrayList<>();
    private final MethodHandle first;

    GroupHeld(Subject subject, CodeGroup group, Draw draw) {
        this.subject = subject;
        this.group = group;
        try {
            add(draw);
            this.first = blocks.getFirst().bind(ConstantFunction.DESCRIPTOR);
            for (int more = draw.below(MOST_BLOCKS / 2); more > 0; more--) {
                add(draw);
            }
        } catch (HeapExhaustedException full) {
            close();
            throw full;
        }
    }

    private void add(Draw draw) {
        int byteSize = draw.byteSize();
        int stamp = draw.stamp();
        CodeBlock block = group.define(draw.code(byteSize, stamp));
        blocks.add(block);
        contents.add(Marked.code(subject.shadow, block.address(), byteSize, stamp));
        subject.noteLive(1);
    }

    @Override
    public void check() {
        contents.forEach(Marked::check);
        SoakFailure.require(ConstantFunction.call(first) == contents.getFirst().stamp(), "a handle calls other code",
                contents.getFirst().address());
    }

    @Override
    public void use(Draw draw) {
        check();
        if (blocks.size() < MOST_BLOCKS) {
            add(draw);
        }
    }

    @Override
    public void end() {
        check();
        close();
        requireThrows(() -> ConstantFunction.call(first), IllegalStateException.class);
        requireThrows(() -> blocks.getLast().executable(), BlockStateException.class);
        requireThrows(() -> group.allocate(16), BlockStateException.class);
    }

    private void close() {
        contents.forEach(block -> block.release(subject.shadow));
        subject.noteLive(-contents.size());
        group.close();
    }

    private static void requireThrows(Runnable call, Class<? extends RuntimeException> expected) {
        try {
            call.run();
        } catch (RuntimeException found) {
            if (expected.isInstance(found)) {
                return;
            }
            throw found;
        }
        throw new SoakFailure("a call of a closed group did not throw");
    }
}
