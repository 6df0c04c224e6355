package dev.ashlar;

import dev.ashlar.host.HostLimits;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.HeapAudit;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Uses heaps on every path while limits of the host bind, and after they are lifted, and prints what happened. A line
 * that starts with FAULT names what must not be.
 */
public final class ExhaustedHostChild {
    private static final long REGION = 2 << 20;
    private static final int REGION_COUNT = 5;

    private ExhaustedHostChild() {}

    /** A heap on one path, with all the steps of its life. */
    private abstract static class Life {
        final String name;

        Life(String name) {
            this.name = name;
        }

        /** Builds the heap and takes its first block. */
        abstract void begin();

        /** Takes one region more and uses it. */
        abstract void grow();

        /** Uses the first block. */
        abstract void use();

        /** Frees what was taken by {@link #grow()}. */
        abstract void shrink();

        abstract Heap heap();

        void fault(String what) {
            System.out.println("FAULT " + name + ": " + what);
        }
    }

    private static final class CodeLife extends Life {
        private final CodeHeapBuilder builder = CodeHeap.builder().capacity(8 * REGION).memory(MemoryDemand.AUTO);
        private final List<CodeBlock> blocks = new ArrayList<>();
        private CodeHeap heap;
        private CodeBlock first;

        CodeLife(String name, WritePath path) {
            super(name);
            if (path != null) {
                builder.writePath(path);
            }
        }

        @Override
        void begin() {
            heap = builder.build();
            try {
                first = heap.define(NativeCode.returning(42));
            } catch (AshlarException refused) {
                heap.close();
                throw refused;
            }
        }

        @Override
        void grow() {
            CodeBlock block = heap.allocate(REGION);
            blocks.add(block);
            block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(blocks.size())));
            block.publish();
            if (NativeCode.call(block.address()) != blocks.size()) {
                fault("wrong code in a new region");
            }
        }

        @Override
        void use() {
            if (NativeCode.call(first.address()) != 42) {
                fault("the first block is lost");
            }
        }

        @Override
        void shrink() {
            blocks.forEach(CodeBlock::free);
            blocks.clear();
            heap.trim();
        }

        @Override
        Heap heap() {
            return heap;
        }
    }

    private static final class DataLife extends Life {
        private final List<MemorySegment> blocks = new ArrayList<>();
        private DataHeap heap;
        private MemorySegment first;

        DataLife() {
            super("data");
        }

        @Override
        void begin() {
            heap = DataHeap.builder().capacity(8 * REGION).build();
            try {
                first = heap.allocate(100).fill((byte) 42);
            } catch (AshlarException refused) {
                heap.close();
                throw refused;
            }
        }

        @Override
        void grow() {
            blocks.add(heap.allocate(REGION).fill((byte) 7));
        }

        @Override
        void use() {
            if (first.get(ValueLayout.JAVA_BYTE, 99) != 42) {
                fault("the first block is lost");
            }
        }

        @Override
        void shrink() {
            blocks.forEach(heap::free);
            blocks.clear();
            heap.trim();
        }

        @Override
        Heap heap() {
            return heap;
        }
    }

    private static List<Life> lives() {
        return List.of(new CodeLife("auto", null), new CodeLife("alias", WritePath.ALIAS),
                new CodeLife("poke", WritePath.POKE), new CodeLife("in-place", WritePath.IN_PLACE), new DataLife());
    }

    public static void main(String[] limits) throws IOException {
        // Classes are loaded, and the JVM has its memory, before anything is short.
        for (int round = 0; round < 20; round++) {
            lives().forEach(life -> {
                life.begin();
                grow(life, REGION_COUNT);
                life.use();
                check(life);
                life.shrink();
                life.heap().close();
            });
        }
        List<String> before = Residue.heapDescriptors();
        List<Life> old = lives();
        old.forEach(life -> {
            life.begin();
            life.grow();
        });
        System.gc();
        HostLimits host = new HostLimits();
        for (String limit : limits) {
            host.take(limit);
        }
        StringBuilder told = new StringBuilder();
        for (Life life : old) {
            told.append(life.name).append(" grows: ").append(grow(life, REGION_COUNT)).append('\n');
            life.use();
        }
        for (Life life : lives()) {
            told.append(life.name).append(" anew: ").append(anew(life)).append('\n');
        }
        old.forEach(Life::shrink);
        host.lift();
        System.out.print(told);
        for (Life life : old) {
            System.out.println(life.name + " afterwards: " + grow(life, REGION_COUNT));
            life.use();
            check(life);
            life.heap().close();
        }
        List<String> left = new ArrayList<>(Residue.heapDescriptors());
        before.forEach(left::remove);
        if (!left.isEmpty()) {
            System.out.println("FAULT descriptors: " + left);
        }
        System.out.println("end");
    }

    private static String anew(Life life) {
        try {
            life.begin();
        } catch (AshlarException refused) {
            return "refused: " + refused.getMessage();
        }
        String grown = grow(life, 2);
        life.use();
        life.shrink();
        life.heap().close();
        return grown;
    }

    /** {@return "all", or the number of regions and the refusal of the next} */
    private static String grow(Life life, int count) {
        for (int region = 0; region < count; region++) {
            try {
                life.grow();
            } catch (AshlarException refused) {
                return region + ", then " + refused.getClass().getSimpleName() + ": " + refused.getMessage();
            }
        }
        return "all";
    }

    private static void check(Life life) {
        HeapAudit audit = life.heap().audit();
        if (!audit.misplaced().isEmpty() || !audit.writableAndExecutable().isEmpty()) {
            life.fault("mappings: " + audit);
        }
    }
}
