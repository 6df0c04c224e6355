package dev.ashlar.tool.soak;

import dev.ashlar.CodeAddresses;
import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeUnit;
import dev.ashlar.Retirement;
import dev.ashlar.TrampolinePool;
import dev.ashlar.UnitPart;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Temperature;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.BlockStateException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** A code heap: blocks by object and by address, units, groups, retired blocks and trampolines. */
final class CodeSubject extends Subject {
    /** The trap of x86-64, with which unwritten code is filled. */
    private static final int TRAP = 0xf4;

    private static final int BACKLOG = 10_000;
    private static final int TRAMPOLINE_COUNT = 256;
    private static final int TARGET_COUNT = 8;

    private final CodeHeap heap;
    private final AddressHeld.Calls calls;
    private final Retirement retirement;
    private final Map<Thread, RetiredBlocks> retired = new ConcurrentHashMap<>();
    private final TrampolinePool trampolines;
    private final Semaphore freeTrampolines = new Semaphore(TRAMPOLINE_COUNT);
    private final List<Marked> targets = new ArrayList<>();
    private final long ownBlockCount;

    CodeSubject(String name, WritePath path, Shadow shadow, int target) {
        super(shadow, target);
        heap = CodeHeap.builder().name(name).writePath(path).memory(memory(path)).build();
        CodeAddresses addresses = heap.addresses();
        calls = new AddressHeld.Calls(addresses::free, addresses::blockContaining, addresses::usableByteSize);
        retirement = heap.openRetirement(BACKLOG);
        trampolines = heap.openTrampolines(TRAMPOLINE_COUNT);
        Draw draw = new Draw(0, 0);
        for (int index = 0; index < TARGET_COUNT; index++) {
            CodeBlock block = heap.define(draw.code(64, index));
            targets.add(Marked.code(shadow, block.address(), 64, index));
        }
        ownBlockCount = heap.stats().liveBlockCount();
    }

    @Override
    CodeHeap heap() {
        return heap;
    }

    /** In place, published pages are withheld until their region is empty. */
    @Override
    boolean canBeFull() {
        return heap.writePath() == WritePath.IN_PLACE;
    }

    @Override
    Runnable enter() {
        RetiredBlocks own = new RetiredBlocks(this, retirement);
        retired.put(Thread.currentThread(), own);
        return () -> {
            own.end();
            retired.remove(Thread.currentThread());
        };
    }

    @Override
    OptionalLong expectedBlockCount(boolean isDrained) {
        retirement.quiescent();
        return OptionalLong.of(super.expectedBlockCount(isDrained).orElseThrow() + ownBlockCount);
    }

    @Override
    void maintain(Draw draw) {
        if (draw.oneIn(8)) {
            heap.heal();
        } else {
            super.maintain(draw);
        }
    }

    @Override
    Held take(Draw draw) {
        int kind = draw.below(1000);
        if (kind == 0) {
            return new GroupHeld(this, heap.openGroup(), draw);
        }
        if (kind < 30 && freeTrampolines.tryAcquire()) {
            return new TrampolineHeld(trampolines, targets, freeTrampolines::release);
        }
        if (kind < 80) {
            return new UnitHeld(draw);
        }
        return kind < 400 ? new AddressHeld(this, calls, takeAddress(draw)) : new BlockHeld(draw);
    }

    private Marked takeAddress(Draw draw) {
        int byteSize = draw.byteSize();
        int stamp = draw.stamp();
        CodeAddresses addresses = heap.addresses();
        long address = draw.oneIn(4)
                ? addresses.allocate(byteSize, draw.byteAlignment())
                : addresses.allocate(byteSize);
        Marked.requireUnwritten(address, byteSize, TRAP);
        Marked contents = Marked.code(shadow, address, byteSize, stamp);
        addresses.write(address, 0, draw.code(byteSize, stamp), 0, byteSize);
        addresses.publish(address);
        return contents;
    }

    /** A block held as an object. */
    private final class BlockHeld implements Held {
        private final CodeBlock block;
        private final Marked contents;

        BlockHeld(Draw draw) {
            int byteSize = draw.byteSize();
            int stamp = draw.stamp();
            if (draw.oneIn(3)) {
                int spare = draw.oneIn(2) ? draw.below(4096) : 0;
                block = draw.oneIn(2)
                        ? heap.allocate(byteSize + spare)
                        : heap.allocate(byteSize + spare, draw.byteAlignment(),
                                draw.oneIn(4) ? Temperature.COLD : Temperature.HOT);
                Marked.requireUnwritten(block.address(), byteSize + spare, TRAP);
                if (spare > 0) {
                    block.shrink(byteSize);
                }
                contents = Marked.code(shadow, block.address(), byteSize, stamp);
                MemorySegment.copy(draw.code(byteSize, stamp), 0, block.writable(), 0, byteSize);
                block.publish();
            } else {
                block = heap.define(draw.code(byteSize, stamp));
                contents = Marked.code(shadow, block.address(), byteSize, stamp);
            }
            noteLive(1);
        }

        @Override
        public void check() {
            contents.check();
        }

        @Override
        public void use(Draw draw) {
            contents.check();
            if (draw.oneIn(8)) {
                requireRefused("free", block.address() + 1, () -> heap.addresses().free(block.address() + 1));
                requireRefused("free", block.address(), () -> heap.addresses().free(block.address()));
            }
            SoakFailure.require(block.isPublished() && block.byteSize() == contents.byteSize(),
                    "a block has another state or size", block.address());
        }

        @Override
        public void end() {
            // The stamp is as good as a draw.
            if ((contents.stamp() & 3) != 0 || !requireOwn().retire(block, contents)) {
                contents.release(shadow);
                block.free();
            }
            noteLive(-1);
            if ((contents.stamp() & 0x70) == 0) {
                requireFreed();
            }
        }

        private void requireFreed() {
            try {
                block.free();
            } catch (BlockStateException expected) {
                return;
            }
            throw new SoakFailure("a block was freed twice: " + block);
        }

        private RetiredBlocks requireOwn() {
            return Objects.requireNonNull(retired.get(Thread.currentThread()), "a thread that has entered");
        }
    }

    /** A unit: code, constants, data. */
    private final class UnitHeld implements Held {
        private final CodeUnit unit;
        private final List<Marked> parts = new ArrayList<>();

        UnitHeld(Draw draw) {
            int stamp = draw.stamp();
            unit = heap.allocateUnit(
                    new UnitSizes(draw.byteSize(), draw.oneIn(3) ? 0 : draw.byteSize(), draw.oneIn(3) ? 0 : 64));
            UnitPart code = unit.code();
            int byteSize = (int) code.byteSize();
            parts.add(Marked.code(shadow, code.address(), byteSize, stamp));
            MemorySegment.copy(draw.code(byteSize, stamp), 0, code.writable(), 0, byteSize);
            unit.constants().ifPresent(
                    part -> parts.add(Marked.constants(shadow, part.address(), part.writable(), stamp)));
            unit.data().ifPresent(
                    part -> parts.add(Marked.data(shadow, part.address(), (int) part.byteSize(), stamp)));
            unit.publish();
            noteLive(parts.size());
        }

        @Override
        public void check() {
            parts.forEach(Marked::check);
        }

        @Override
        public void end() {
            parts.forEach(part -> part.release(shadow));
            unit.free();
            noteLive(-parts.size());
        }
    }

    @Override
    public void close() {
        retirement.close();
        trampolines.close();
        super.close();
    }

    private static MemoryDemand memory(WritePath path) {
        // A page of the hugetlb pool cannot change its permissions in part.
        return path == WritePath.IN_PLACE ? MemoryDemand.THP : MemoryDemand.AUTO;
    }
}
