package dev.ashlar;

import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BacklogFullException;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.tool.code.ConstantFunction;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Random steps with blocks that objects hold, in each of their lifetimes. */
final class BlockSteps {
    private static final int RETIREMENT_COUNT_MAX = 2;

    private enum State {
        WRITABLE, PUBLISHED, RETIRED, ENDED
    }

    /** What hands out blocks. */
    private static final class Source {
        final CodeAllocator allocator;
        boolean isClosed;

        Source(CodeAllocator allocator) {
            this.allocator = allocator;
        }

        boolean isHeap() {
            return allocator instanceof CodeHeap;
        }
    }

    private static final class Held {
        final Source source;
        final CodeBlock block;
        final long address;
        Contents contents;
        State state;
        /** What its function returns; -1 if it holds no function. */
        int answer = -1;
        @Nullable MethodHandle handle;

        Held(Source source, CodeBlock block, Contents contents, State state) {
            this.source = source;
            this.block = block;
            this.address = block.address();
            this.contents = contents;
            this.state = state;
        }
    }

    /** A retirement with the blocks that may wait in it, oldest first. */
    private static final class Retiring {
        final Retirement retirement;
        final int largestBacklog;
        final List<Held> waiting = new ArrayList<>();
        @Nullable RegisteredThread self;
        /** How many of the waiting the registered thread may still run. */
        int heldByThread;
        boolean isClosed;

        Retiring(Retirement retirement, int largestBacklog) {
            this.retirement = retirement;
            this.largestBacklog = largestBacklog;
        }
    }

    private final Script script;
    private final CodeHeap heap;
    private final Ranges ranges;
    private final long capacity;
    private final List<Source> sources = new ArrayList<>();
    private final List<Held> blocks = new ArrayList<>();
    private final List<Retiring> retirings = new ArrayList<>();
    private int nextMark;

    BlockSteps(Script script, CodeHeap heap, Ranges ranges, boolean isCollecting) {
        this.script = script;
        this.heap = heap;
        this.ranges = ranges;
        this.capacity = heap.report().capacityByteSize();
        sources.add(new Source(heap));
        if (isCollecting) {
            sources.add(new Source(heap.collected()));
        }
    }

    void step() {
        switch (script.below(16)) {
            case 0, 1 -> allocate();
            case 2, 3 -> define();
            case 4 -> groups();
            case 5 -> retirements();
            default -> {
                if (!blocks.isEmpty()) {
                    use(script.oneOf(blocks));
                }
            }
        }
    }

    private void use(Held held) {
        switch (script.below(8)) {
            case 0 -> write(held);
            case 1 -> publish(held);
            case 2 -> shrink(held);
            case 3 -> patch(held);
            case 4 -> retire(held);
            case 5, 6 -> free(held);
            default -> check(held);
        }
    }

    private void allocate() {
        Source source = script.oneOf(sources);
        long byteSize = script.size();
        boolean isAligned = script.isChosen();
        long byteAlignment = isAligned ? script.alignment() : 1;
        Temperature temperature = script.oneOf(List.of(Temperature.values()));
        CodeBlock[] result = new CodeBlock[1];
        RuntimeException refusal = Check.refusal(script, () -> result[0] = isAligned
                ? source.allocator.allocate(byteSize, byteAlignment, temperature)
                : source.allocator.allocate(byteSize));
        boolean isServable = byteSize >= 1 && byteSize <= capacity && Check.isAlignment(byteAlignment);
        if (!source.isClosed) {
            Check.argumentsWere(isServable, refusal);
        }
        if (refusal == null) {
            Held held = add(source, result[0], Contents.filledWith(Contents.TRAP, byteSize), State.WRITABLE);
            Check.require(held.address % byteAlignment == 0, "not aligned to " + byteAlignment);
            held.contents.requireIn(held.block.writable());
        }
    }

    private void define() {
        Source source = script.oneOf(sources);
        int answer = script.below(256);
        byte[] code = NativeConstant.returning(answer, script.below(8) == 0 ? script.below(256) << 8 : 0);
        CodeBlock[] result = new CodeBlock[1];
        RuntimeException refusal = Check.refusal(script, () -> result[0] = source.allocator.define(code));
        if (refusal == null) {
            add(source, result[0], Contents.of(code), State.PUBLISHED).answer = answer;
        } else if (!source.isClosed) {
            Check.argumentsWere(true, refusal);
        }
    }

    private Held add(Source source, CodeBlock block, Contents contents, State state) {
        Check.require(!source.isClosed, "a closed group handed out a block");
        Held held = new Held(source, block, contents, state);
        ranges.add(held.address, heap.addresses().usableByteSize(held.address), 1);
        blocks.add(held);
        return held;
    }

    private void write(Held held) {
        if (held.state != State.WRITABLE) {
            Check.refuses(BlockStateException.class, () -> held.block.writable());
            return;
        }
        boolean isCode = held.contents.byteSize() >= ConstantFunction.BYTE_SIZE_MAX && script.isChosen();
        int mark = nextMark++;
        if (isCode) {
            held.contents = Contents.of(NativeConstant.returning(mark & 0xff, (int) Math.min(4096,
                    held.contents.byteSize())));
            held.contents.grow(held.block.byteSize());
        } else {
            held.contents = Contents.marked(mark, held.contents.byteSize());
        }
        held.answer = isCode ? mark & 0xff : -1;
        held.contents.writeTo(held.block.writable());
    }

    private void publish(Held held) {
        RuntimeException refusal = Check.refusal(script, () -> held.block.publish());
        Check.require((refusal == null) == (held.state == State.WRITABLE), "publish() of " + held.block);
        if (refusal == null) {
            held.state = State.PUBLISHED;
            check(held);
        }
    }

    private void shrink(Held held) {
        long byteSize = script.isChosen() ? 1 + script.below(256) : script.number();
        RuntimeException refusal = Check.refusal(script, () -> held.block.shrink(byteSize));
        if (held.state != State.WRITABLE) {
            Check.require(refusal instanceof BlockStateException, "shrink() of " + held.block);
            return;
        }
        Check.argumentsWere(byteSize >= 1 && byteSize <= held.contents.byteSize(), refusal);
        if (refusal == null) {
            held.contents.shrink(byteSize);
            held.answer = byteSize < 6 ? -1 : held.answer;
            ranges.remove(held.address);
            ranges.add(held.address, heap.addresses().usableByteSize(held.address), 1);
            held.contents.requireIn(held.block.writable());
        }
    }

    private void patch(Held held) {
        long offset = script.isChosen() ? script.below(256) : script.number();
        long value = script.number();
        int byteSize = (int) (script.isChosen() ? 1 + script.below(8) : script.number());
        RuntimeException refusal = Check.refusal(script, () -> held.block.patch(offset, value, byteSize));
        if (refusal != null) {
            return;
        }
        Check.require(held.state == State.PUBLISHED && heap.writePath() == WritePath.ALIAS, "patched " + held.block);
        for (int index = 0; index < byteSize; index++) {
            held.contents.put(offset + index, (byte) (value >>> index * Byte.SIZE));
        }
        held.answer = -1;
        check(held);
    }

    private void free(Held held) {
        RuntimeException refusal = Check.refusal(script, () -> held.block.free());
        boolean isFreeable = held.source.isHeap() && (held.state == State.WRITABLE || held.state == State.PUBLISHED);
        Check.require((refusal == null) == isFreeable, "free() of " + held.block);
        Check.require(isFreeable || refusal instanceof BlockStateException, "free() of " + held.block);
        if (refusal == null) {
            end(held);
        }
    }

    private void end(Held held) {
        ranges.remove(held.address);
        held.state = State.ENDED;
    }

    private void check(Held held) {
        if (held.state == State.ENDED && held.source.isClosed) {
            Check.refuses(BlockStateException.class, () -> held.block.byteSize());
            MethodHandle handle = held.handle;
            if (handle != null) {
                Check.refuses(IllegalStateException.class, () -> NativeConstant.requireReturns(held.answer, handle));
            }
            return;
        }
        Check.require(held.block.address() == held.address, "the address has changed");
        Check.require(held.block.byteSize() == held.contents.byteSize(), "byteSize=" + held.block.byteSize());
        Check.require(held.block.isPublished() == (held.state == State.PUBLISHED), held.block.toString());
        if (held.state == State.WRITABLE) {
            held.contents.requireIn(held.block.writable());
        } else if (held.state == State.PUBLISHED) {
            held.contents.requireIn(held.block.executable());
            if (held.answer >= 0) {
                call(held);
            }
        } else {
            Check.refuses(BlockStateException.class, () -> held.block.executable());
            Check.refuses(BlockStateException.class, () -> held.block.bind(ConstantFunction.DESCRIPTOR));
        }
    }

    private void call(Held held) {
        NativeConstant.requireReturns(held.answer, held.address);
        if (held.handle == null && script.below(16) == 15) {
            held.handle = held.block.bind(ConstantFunction.DESCRIPTOR);
        }
        if (held.handle != null) {
            NativeConstant.requireReturns(held.answer, held.handle);
        }
    }

    private void groups() {
        List<Source> groups = sources.stream().filter(source -> source.allocator instanceof CodeGroup).toList();
        if (groups.isEmpty() || groups.size() < 4 && script.isChosen()) {
            RuntimeException refusal =
                    Check.refusal(script, () -> sources.add(new Source(heap.openGroup())));
            Check.require(refusal == null, "openGroup() failed");
        } else if (script.below(4) == 3) {
            heap.closeAll();
            groups.forEach(this::endGroup);
        } else {
            Source group = script.oneOf(groups);
            Check.require(Check.refusal(script, ((CodeGroup) group.allocator)::close) == null, "close() failed");
            endGroup(group);
        }
    }

    private void endGroup(Source group) {
        group.isClosed = true;
        blocks.stream().filter(held -> held.source == group && held.state != State.ENDED).forEach(this::end);
    }

    private void retirements() {
        if (retirings.size() < RETIREMENT_COUNT_MAX && script.isChosen()) {
            int largest = script.isChosen() ? 1 + script.below(100) : (int) script.number();
            // A larger one is an array of this length, in each run of the target.
            int asked = largest > 1000 && largest <= Retirement.LARGEST_BACKLOG ? 1000 : largest;
            RuntimeException refusal = Check.refusal(
                    () -> retirings.add(new Retiring(heap.openRetirement(asked), asked)));
            Check.argumentsWere(asked >= 1 && asked <= Retirement.LARGEST_BACKLOG, refusal);
        } else if (!retirings.isEmpty()) {
            quiescent(script.oneOf(retirings));
        }
    }

    private void quiescent(Retiring retiring) {
        switch (script.below(5)) {
            case 0 -> {
                RegisteredThread[] result = new RegisteredThread[1];
                RuntimeException refusal = Check.refusal(() -> result[0] = retiring.retirement.register());
                Check.require((refusal == null) == !retiring.isClosed, "register()");
                if (refusal == null && retiring.self == null) {
                    retiring.self = result[0];
                    retiring.heldByThread = 0;
                } else if (refusal == null) {
                    result[0].close();
                }
            }
            case 1 -> {
                if (retiring.self != null && !retiring.isClosed) {
                    retiring.self.quiescent();
                    retiring.heldByThread = 0;
                }
            }
            case 2 -> {
                if (retiring.self != null) {
                    RegisteredThread self = retiring.self;
                    Check.refuses(WrongThreadException.class, () -> Check.inOtherThread(self::close));
                    self.close();
                    retiring.self = null;
                    retiring.heldByThread = 0;
                    Check.refuses(BlockStateException.class, self::quiescent);
                }
            }
            case 3 -> {
                retiring.retirement.quiescent();
                retiring.heldByThread = 0;
            }
            default -> close(retiring);
        }
        requireBacklog(retiring);
    }

    private void close(Retiring retiring) {
        retiring.retirement.close();
        retiring.isClosed = true;
        retiring.heldByThread = 0;
        requireBacklog(retiring);
        Check.require(retiring.retirement.backlogCount() == 0, "blocks wait in a closed retirement");
    }

    private void retire(Held held) {
        if (retirings.isEmpty()) {
            return;
        }
        Retiring retiring = script.oneOf(retirings);
        RuntimeException refusal = Check.refusal(script, () -> retiring.retirement.retire(held.block));
        boolean isRetirable = held.source.isHeap() && held.state == State.PUBLISHED && !retiring.isClosed;
        Check.require(isRetirable || refusal instanceof BlockStateException
                || refusal instanceof BacklogFullException, "retire() of " + held.block);
        if (refusal == null) {
            held.state = State.RETIRED;
            retiring.waiting.add(held);
            retiring.heldByThread++;
        } else if (isRetirable) {
            Check.require(retiring.retirement.backlogCount() == retiring.largestBacklog, "there is room to retire");
        }
        requireBacklog(retiring);
    }

    /** Takes note of the blocks that were freed, the oldest first. */
    private void requireBacklog(Retiring retiring) {
        int backlog = retiring.retirement.backlogCount();
        Check.require(retiring.self == null || backlog >= retiring.heldByThread,
                backlog + " blocks wait, and a thread may run " + retiring.heldByThread);
        while (retiring.waiting.size() > backlog) {
            end(retiring.waiting.removeFirst());
        }
        Check.require(retiring.waiting.size() == backlog, backlog + " blocks wait");
        for (Held held : retiring.waiting) {
            MemorySegment code = Memory.at(held.address, held.contents.byteSize());
            held.contents.requireIn(code);
        }
    }

    /** Checks all blocks, and frees them. */
    void end() {
        retirings.forEach(this::close);
        for (Held held : blocks) {
            check(held);
            if (held.source.isHeap() && held.state != State.ENDED) {
                held.block.free();
                end(held);
            }
        }
        heap.closeAll();
        blocks.stream().filter(held -> held.source.allocator instanceof CodeGroup && held.state != State.ENDED)
                .forEach(this::end);
        // What is collected is not reachable from here.
        blocks.clear();
        sources.clear();
    }
}
