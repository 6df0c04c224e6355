package dev.ashlar.fault;

import dev.ashlar.CodeBatch;
import dev.ashlar.CodeBlock;
import dev.ashlar.CodeGroup;
import dev.ashlar.CodeHeap;
import dev.ashlar.CodeHeapBuilder;
import dev.ashlar.CodeUnit;
import dev.ashlar.DataHeap;
import dev.ashlar.DataHeapBuilder;
import dev.ashlar.Heap;
import dev.ashlar.PublishedBatch;
import dev.ashlar.Retirement;
import dev.ashlar.SecretHeap;
import dev.ashlar.TestHeaps;
import dev.ashlar.Trampoline;
import dev.ashlar.TrampolinePool;
import dev.ashlar.host.SecretMemory;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.TrimEffort;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.memory.WritePath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A call of a heap that {@link ErrorSweep} makes with an Error at each of its places.
 *
 * @param kind the kind of heap
 * @param paths the write paths on which the call is made; any one for heaps that have none
 * @param prepare comes before the call
 * @param call the call
 * @param more live blocks of the first zone after the call, against before
 * @param moreIfItThrows the same if the call throws
 */
record ErrorCase(Kind kind, Set<WritePath> paths, Step prepare, Step call, int more, int moreIfItThrows) {
    static final long LARGE_CAPACITY = 1 << 30;

    private static final long CAPACITY = 16 << 20;
    private static final int REGION = 2 << 20;
    private static final byte[] CODE = new byte[300];
    private static final UnitSizes UNIT = new UnitSizes(100, 64, 64);

    /** The kinds of heaps. */
    enum Kind {
        CODE, SEALED, RECORDED, DATA, SECRET;

        Heap open(String name, WritePath path) {
            return switch (this) {
                case CODE -> code(name).writePath(path).build();
                case SEALED -> code(name).hardening(Hardening.SEALED).build();
                case RECORDED -> code(name).evidence(Evidence.NONE.history(8)).build();
                case DATA -> data(name).build();
                case SECRET -> SecretHeap.builder().name(name).capacity(CAPACITY).build();
            };
        }
    }

    private static CodeHeapBuilder code(String name) {
        return CodeHeap.builder().name(name).memory(MemoryDemand.SMALL).capacity(CAPACITY);
    }

    private static DataHeapBuilder data(String name) {
        return DataHeap.builder().name(name).memory(MemoryDemand.SMALL).capacity(CAPACITY);
    }

    /** What a call is made on: a heap, and what it handed out. */
    static final class Ground {
        final Heap heap;
        final List<Object> held = new ArrayList<>();
        /** Keeps the result of the call. */
        Object result;

        Ground(Heap heap) {
            this.heap = heap;
        }

        CodeHeap code() {
            return (CodeHeap) heap;
        }

        DataHeap data() {
            return (DataHeap) heap;
        }

        <T> T first(Class<T> type) {
            return type.cast(held.getFirst());
        }

        CodeBlock last() {
            return (CodeBlock) held.getLast();
        }

        CodeBlock block() {
            return first(CodeBlock.class);
        }

        SecretHeap secret() {
            return (SecretHeap) heap;
        }

        void hold(int count, int byteSize) {
            for (int index = 0; index < count; index++) {
                held.add(allocate(byteSize));
            }
        }

        Object allocate(int byteSize) {
            return switch (heap) {
                case CodeHeap code -> code.allocate(byteSize);
                case DataHeap data -> data.allocate(byteSize, 16);
                case SecretHeap secret -> secret.allocate(byteSize, 16);
            };
        }

        /** Writes to a block, publishes it if it is code, and frees it. */
        void use(int byteSize) {
            switch (allocate(byteSize)) {
                case CodeBlock block -> {
                    block.writable().fill((byte) 1);
                    block.publish();
                    block.free();
                }
                case MemorySegment block when heap instanceof DataHeap data -> data.free(block.fill((byte) 1));
                case Object block -> secret().free(((MemorySegment) block).fill((byte) 1));
            }
        }

        void byAnotherThread(Runnable action) throws InterruptedException {
            Thread other = Thread.ofPlatform().start(action);
            other.join();
        }
    }

    /** A part of a case. */
    @FunctionalInterface
    interface Step {
        void on(Ground ground) throws Exception;
    }

    Ground open(String name, WritePath path) {
        return new Ground(kind.open(name, path));
    }

    /** {@return all cases by name} */
    static Map<String, ErrorCase> all() {
        Map<String, ErrorCase> all = new LinkedHashMap<>();
        addBlocks(all);
        addFrees(all);
        addUnitsAndBatches(all);
        addLifetimes(all);
        addGrowth(all);
        addHeaps(all);
        addData(all);
        addHardened(all);
        addRecorded(all);
        addSecrets(all);
        addBuilds(all);
        return all;
    }

    private static void code(Map<String, ErrorCase> all, String name, int more, Step prepare, Step call) {
        all.put(name, new ErrorCase(Kind.CODE, Set.of(WritePath.values()), prepare, call, more, 0));
    }

    private static void data(Map<String, ErrorCase> all, String name, int more, Step prepare, Step call) {
        onOnePath(all, Kind.DATA, name, more, prepare, call);
    }

    private static void onOnePath(
            Map<String, ErrorCase> all, Kind kind, String name, int more, Step prepare, Step call) {
        all.put(name, new ErrorCase(kind, Set.of(WritePath.ALIAS), prepare, call, more, 0));
    }

    private static void addBlocks(Map<String, ErrorCase> all) {
        code(all, "allocate-first", 1, g -> {}, g -> g.result = g.code().allocate(100));
        code(all, "allocate-packed", 1, g -> {}, g -> g.result = g.code().allocate(1000));
        code(all, "allocate-parked", 1, g -> {
            g.hold(3, 100);
            g.block().free();
        }, g -> g.result = g.code().allocate(100));
        code(all, "allocate-next", 1, g -> g.hold(5, 100), g -> g.result = g.code().allocate(100));
        code(all, "allocate-next-packed", 1, g -> g.hold(5, 1000), g -> g.result = g.code().allocate(1000));
        code(all, "allocate-run", 1, g -> g.hold(2, 40_000), g -> g.result = g.code().allocate(40_000));
        code(all, "allocate-commit", 1, g -> g.hold(1, REGION), g -> g.result = g.code().allocate(REGION));
        code(all, "allocate-long", 1, g -> {}, g -> g.result = g.code().allocate(5 << 20));
        code(all, "allocate-address", 1, g -> g.hold(3, 100), g -> g.result = g.code().addresses().allocate(100));
        code(all, "allocate-drain", 1, g -> {
            g.hold(80, 1000);
            g.byAnotherThread(() -> g.held.subList(0, 60).forEach(block -> ((CodeBlock) block).free()));
        }, g -> g.result = g.code().allocate(16_000));
        code(all, "allocate-inherited", 1, g -> g.byAnotherThread(() -> g.hold(40, 1000)),
                g -> g.result = g.code().allocate(1000));
        code(all, "define", 1, g -> g.hold(3, 100), g -> g.result = g.code().define(CODE));
        code(all, "writable", 0, g -> g.hold(3, 100), g -> g.result = g.block().writable());
        code(all, "publish", 0, g -> {
            g.hold(3, 100);
            g.block().writable().fill((byte) 0x90);
        }, g -> g.result = g.block().publish());
        code(all, "shrink", 0, g -> g.hold(3, 3000), g -> g.block().shrink(100));
        code(all, "shrink-run", 0, g -> g.hold(3, 50_000), g -> g.block().shrink(100));
    }

    private static void addFrees(Map<String, ErrorCase> all) {
        code(all, "free-last", -1, g -> g.hold(1, 100), g -> g.block().free());
        code(all, "free", -1, g -> g.hold(5, 100), g -> g.block().free());
        code(all, "free-packed", -1, g -> g.hold(5, 1000), g -> g.block().free());
        code(all, "free-run", -1, g -> g.hold(3, 40_000), g -> g.block().free());
        code(all, "free-release", -1, g -> {
            g.hold(3, REGION);
            ((CodeBlock) g.held.removeLast()).free();
        }, g -> g.block().free());
        code(all, "free-address", -1, g -> {
            g.result = g.code().addresses().allocate(100);
            g.hold(1, 100);
        }, g -> g.code().addresses().free((long) g.result));
        code(all, "free-remote", -1, g -> g.byAnotherThread(() -> g.hold(40, 100)), g -> g.block().free());
        code(all, "free-many-in-a-row", -1, g -> {
            g.hold(80, 100);
            for (int count = 0; count < 70; count++) {
                ((CodeBlock) g.held.removeLast()).free();
            }
        }, g -> g.block().free());
    }

    private static void addUnitsAndBatches(Map<String, ErrorCase> all) {
        code(all, "unit", 1, g -> {}, g -> g.result = g.code().allocateUnit(UNIT));
        code(all, "unit-publish", 0, g -> {
            CodeUnit unit = g.code().allocateUnit(UNIT);
            unit.code().writable().fill((byte) 0x90);
            g.held.add(unit);
        }, g -> g.first(CodeUnit.class).publish());
        code(all, "unit-free", -1, g -> g.held.add(g.code().allocateUnit(UNIT)), g -> g.first(CodeUnit.class).free());
        code(all, "unit-define", 1, g -> {}, g -> g.result = g.code().define(
                MemorySegment.ofArray(CODE), MemorySegment.ofArray(CODE), unit -> unit.code().abs64(0, 1)));
        code(all, "unit-define-refused", 0, g -> {}, g -> {
            IllegalArgumentException own = new IllegalArgumentException("own");
            try {
                g.code().define(MemorySegment.ofArray(CODE), MemorySegment.ofArray(CODE), _ -> {
                    throw own;
                });
            } catch (IllegalArgumentException refused) {
                // An Error of the clean-up does not replace it.
            }
        });
        code(all, "unit-shrink", 0, g -> g.held.add(g.code().allocateUnit(new UnitSizes(50_000, 64, 64))),
                g -> g.first(CodeUnit.class).code().shrink(100));
        onOnePath(all, Kind.CODE, "patch", 0, g -> g.held.add(g.code().define(CODE)), g -> g.block().patch(0, 1, 8));
        onOnePath(all, Kind.CODE, "patch-if", 0, g -> g.held.add(g.code().define(CODE)),
                g -> g.result = g.block().compareAndPatch(0, 0, 1, 8));
        code(all, "trampolines", 1, g -> {}, g -> g.result = g.code().openTrampolines(10));
        code(all, "trampoline-take", 0, g -> g.held.add(g.code().openTrampolines(10)),
                g -> g.result = g.first(TrampolinePool.class).take(TestHeaps.space(g.heap).base()));
        code(all, "trampoline-free", 0,
                g -> g.held.add(g.code().openTrampolines(10).take(TestHeaps.space(g.heap).base())),
                g -> g.first(Trampoline.class).free());
        addBatches(all);
    }

    private static void addBatches(Map<String, ErrorCase> all) {
        Set<WritePath> paths = Set.of(WritePath.values());
        all.put("batch-open", new ErrorCase(Kind.CODE, paths, g -> {}, g -> g.held.add(g.code().openBatch()), 0, 0));
        // If an Error comes, the batch is closed, with what it holds.
        // Only blocks of code are counted.
        all.put("batch-data", new ErrorCase(Kind.CODE, paths, g -> g.held.add(batch(g)),
                g -> g.result = g.first(CodeBatch.class).allocate(Domain.DATA, 100, 16), 0, -1));
        all.put("batch-section", new ErrorCase(Kind.CODE, Set.of(WritePath.ALIAS, WritePath.POKE),
                g -> g.held.add(batch(g)),
                g -> g.result = g.first(CodeBatch.class).allocate(Domain.CODE, 100, 16), 1, -1));
        all.put("batch-hand-over", new ErrorCase(Kind.CODE, paths, g -> g.held.add(batch(g)),
                g -> g.first(CodeBatch.class).handOver(), 0, 0));
        // A batch whose publication fails is abandoned, unless the Error comes before it begins.
        all.put("batch-publish", new ErrorCase(Kind.CODE, paths, g -> g.held.add(batch(g)),
                g -> g.result = g.first(CodeBatch.class).publish(), 0, -1));
        all.put("batch-free", new ErrorCase(Kind.CODE, paths, g -> g.held.add(batch(g).publish()),
                g -> g.first(PublishedBatch.class).free(), -1, 0));
    }

    private static CodeBatch batch(Ground ground) {
        CodeBatch batch = ground.code().openBatch();
        batch.allocate(Domain.CODE, 100, 16).writable().fill((byte) 0x90);
        return batch;
    }

    private static void addLifetimes(Map<String, ErrorCase> all) {
        code(all, "group-open", 0, g -> {}, g -> g.held.add(g.code().openGroup()));
        grouped(all, "group-take", 1, g -> g.result = g.first(CodeGroup.class).allocate(100));
        grouped(all, "group-define", 1, g -> g.result = g.first(CodeGroup.class).define(CODE));
        grouped(all, "group-unit", 1, g -> g.result = g.first(CodeGroup.class).allocateUnit(UNIT));
        grouped(all, "group-publish", 0, g -> g.result = g.last().publish());
        code(all, "group-close", -2, ErrorCase::holdGroup, g -> g.first(CodeGroup.class).close());
        code(all, "retire", 0, g -> holdRetirement(g, 1), g -> g.first(Retirement.class).retire(g.last()));
        code(all, "retirement-quiescent", -2, g -> {
            holdRetirement(g, 3);
            g.first(Retirement.class).retire((CodeBlock) g.held.get(1));
            g.first(Retirement.class).retire((CodeBlock) g.held.get(2));
        }, g -> g.first(Retirement.class).quiescent());
    }

    private static void holdGroup(Ground ground) {
        CodeGroup group = ground.code().openGroup();
        ground.held.add(group);
        group.define(CODE);
        CodeBlock block = group.allocate(1000);
        block.writable().fill((byte) 0x90);
        ground.held.add(block);
    }

    /** A call that throws may have left a block in the group, which the group's close frees with its two others. */
    private static void grouped(Map<String, ErrorCase> all, String name, int more, Step call) {
        all.put(name, new ErrorCase(
                Kind.CODE, Set.of(WritePath.values()), ErrorCase::holdGroup, call, more, -2));
    }

    private static void holdRetirement(Ground ground, int blockCount) {
        ground.held.add(ground.code().openRetirement(10));
        for (int index = 0; index < blockCount; index++) {
            ground.held.add(ground.code().define(CODE));
        }
    }

    /** Calls while the next region is prepared, is about to be, or is there. */
    private static void addGrowth(Map<String, ErrorCase> all) {
        code(all, "grow", 1, g -> g.hold(3, REGION), g -> g.result = g.allocate(REGION));
        code(all, "grow-trim", 0, g -> g.hold(3, REGION), g -> g.heap.trim());
        code(all, "grow-close", 0, g -> g.hold(3, REGION), g -> g.heap.close());
        data(all, "data-grow", 1, g -> g.hold(3, REGION), g -> g.result = g.allocate(REGION));
    }

    private static void addHeaps(Map<String, ErrorCase> all) {
        code(all, "trim", 0, g -> {
            g.hold(2, REGION);
            g.held.forEach(block -> ((CodeBlock) block).free());
        }, g -> g.heap.trim());
        code(all, "stats", 0, g -> g.hold(3, 100), g -> g.heap.stats());
        code(all, "report", 0, g -> g.hold(3, 100), g -> g.heap.report());
        code(all, "audit", 0, g -> g.hold(3, 100), g -> g.heap.audit());
        code(all, "heal", 0, g -> g.hold(3, 100), g -> g.code().heal());
        code(all, "ledger", 0, g -> g.hold(3, 100), g -> g.code().ledger());
        code(all, "precommit", 0, g -> g.hold(3, 100), g -> g.code().precommit(2 * REGION));
        code(all, "close", 0, g -> g.hold(3, 100), g -> g.heap.close());
    }

    private static void addData(Map<String, ErrorCase> all) {
        data(all, "data-allocate", 1, g -> g.hold(3, 100), g -> g.result = g.data().allocate(100, 16));
        data(all, "data-allocate-first", 1, g -> {}, g -> g.result = g.data().allocate(100, 16));
        data(all, "data-allocate-packed", 1, g -> g.hold(3, 1000), g -> g.result = g.data().allocate(1000, 16));
        data(all, "data-address", 1, g -> g.hold(3, 100), g -> g.result = g.data().addresses().allocate(100));
        data(all, "data-free", -1, g -> g.hold(3, 100), g -> g.data().free(g.first(MemorySegment.class)));
        data(all, "data-free-last", -1, g -> g.hold(1, 100), g -> g.data().free(g.first(MemorySegment.class)));
        data(all, "data-arena", 0, g -> {}, g -> g.held.add(g.data().confinedArena()));
        data(all, "data-arena-allocate", 0, g -> g.held.add(g.data().confinedArena()),
                g -> g.result = g.first(Arena.class).allocate(100, 16));
        data(all, "data-arena-close", -1, g -> {
            Arena arena = g.data().confinedArena();
            arena.allocate(100, 16);
            g.held.add(arena);
        }, g -> g.first(Arena.class).close());
        data(all, "data-shared-arena", 0, g -> {}, g -> g.held.add(g.data().sharedArena()));
        data(all, "data-shared-arena-close", -1, g -> {
            Arena arena = g.data().sharedArena();
            arena.allocate(100, 16);
            g.held.add(arena);
        }, g -> g.first(Arena.class).close());
        data(all, "data-trim", 0, g -> g.hold(3, 100), g -> g.data().trim(TrimEffort.FREE_PAGES));
        data(all, "data-allocate-discarded", 1, g -> {
            g.hold(3, 100);
            g.data().trim(TrimEffort.FREE_PAGES);
        }, g -> g.result = g.data().allocate(50_000, 16));
        data(all, "data-close", 0, g -> g.hold(3, 100), g -> g.heap.close());
    }

    private static void addHardened(Map<String, ErrorCase> all) {
        onOnePath(all, Kind.SEALED, "sealed-allocate", 1, g -> g.hold(3, 100), g -> g.result = g.code().allocate(100));
        onOnePath(all, Kind.SEALED, "sealed-commit", 1, g -> g.hold(1, REGION),
                g -> g.result = g.code().allocate(REGION));
        onOnePath(all, Kind.SEALED, "sealed-free", -1, g -> g.hold(5, 100), g -> g.block().free());
        onOnePath(all, Kind.SEALED, "sealed-free-release", -1, g -> {
            g.hold(3, REGION);
            ((CodeBlock) g.held.removeLast()).free();
        }, g -> g.block().free());
        onOnePath(all, Kind.SEALED, "sealed-close", 0, g -> g.hold(3, 100), g -> g.heap.close());
    }

    private static void addRecorded(Map<String, ErrorCase> all) {
        onOnePath(all, Kind.RECORDED, "recorded-allocate", 1, g -> g.hold(3, 100),
                g -> g.result = g.code().allocate(100));
        onOnePath(all, Kind.RECORDED, "recorded-define", 1, g -> g.hold(3, 100), g -> g.result = g.code().define(CODE));
        onOnePath(all, Kind.RECORDED, "recorded-run", 1, g -> g.hold(2, 40_000),
                g -> g.result = g.code().allocate(40_000));
        onOnePath(all, Kind.RECORDED, "recorded-free", -1, g -> g.hold(5, 100), g -> g.block().free());
        onOnePath(all, Kind.RECORDED, "recorded-describe", 0, g -> g.hold(1, 100),
                g -> g.result = g.heap.describe(g.block().address()));
    }

    private static void addSecrets(Map<String, ErrorCase> all) {
        if (!SecretMemory.isThere()) {
            return;
        }
        onOnePath(all, Kind.SECRET, "secret-allocate", 1, g -> g.hold(3, 100),
                g -> g.result = g.secret().allocate(100, 16));
        onOnePath(all, Kind.SECRET, "secret-allocate-first", 1, g -> {}, g -> g.result = g.secret().allocate(100, 16));
        onOnePath(all, Kind.SECRET, "secret-commit", 1, g -> g.hold(1, REGION),
                g -> g.result = g.secret().allocate(5000, 16));
        onOnePath(all, Kind.SECRET, "secret-free", -1, g -> g.hold(3, 100),
                g -> g.secret().free(g.first(MemorySegment.class)));
        onOnePath(all, Kind.SECRET, "secret-free-run", -1, g -> g.hold(3, 50_000),
                g -> g.secret().free(g.first(MemorySegment.class)));
        onOnePath(all, Kind.SECRET, "secret-arena-allocate", 0, g -> g.held.add(g.secret().confinedArena()),
                g -> g.result = g.first(Arena.class).allocate(100, 16));
        onOnePath(all, Kind.SECRET, "secret-arena-close", -1, g -> {
            Arena arena = g.secret().confinedArena();
            arena.allocate(100, 16);
            g.held.add(arena);
        }, g -> g.first(Arena.class).close());
        onOnePath(all, Kind.SECRET, "secret-trim", 0, g -> g.hold(3, 100), g -> g.heap.trim());
        onOnePath(all, Kind.SECRET, "secret-audit", 0, g -> g.hold(3, 100), g -> g.heap.audit());
        onOnePath(all, Kind.SECRET, "secret-close", 0, g -> g.hold(3, 100), g -> g.heap.close());
    }

    /** Another heap, large enough for its address space to be missed. */
    private static void addBuilds(Map<String, ErrorCase> all) {
        for (WritePath path : WritePath.values()) {
            all.put("build-" + path, new ErrorCase(Kind.CODE, Set.of(path), g -> {},
                    g -> g.held.add(code("built").writePath(path).capacity(LARGE_CAPACITY).build()), 0, 0));
        }
        data(all, "build-data", 0, g -> {}, g -> g.held.add(data("built").capacity(LARGE_CAPACITY).build()));
        onOnePath(all, Kind.SEALED, "build-sealed", 0, g -> {}, g -> g.held.add(
                code("built").hardening(Hardening.SEALED).capacity(LARGE_CAPACITY).build()));
        if (SecretMemory.isThere()) {
            onOnePath(all, Kind.SECRET, "build-secret", 0, g -> {},
                    g -> g.held.add(SecretHeap.builder().capacity(LARGE_CAPACITY).build()));
        }
    }
}
