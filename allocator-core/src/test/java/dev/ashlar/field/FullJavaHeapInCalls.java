package dev.ashlar.field;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.DataHeap;
import dev.ashlar.host.NativeCode;
import dev.ashlar.memory.Evidence;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.HeapExhaustedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The Java heap runs out at the n-th byte of one call, n from the first to the last argument. Afterwards the heap gives
 * all its memory once more and can be closed. Prints each fault, then "done" and whether the call ran out of memory.
 *
 * <p>Needs a small Java heap, -XX:+UseSerialGC and -XX:-UseTLAB.
 */
public final class FullJavaHeapInCalls {
    private static final long REGION = 2 << 20;
    private static final int WARM_UP_COUNT = 5;
    private static final byte[] EMPTY = {};
    private static final Evidence RECORDS = Evidence.NONE.history(4).allocationSites();

    @SuppressWarnings("UnusedVariable") // Keeps the Java heap full.
    private static Object hoard = "";
    @SuppressWarnings("UnusedVariable") // Becomes the room for the call.
    private static byte[] reserve = EMPTY;

    private FullJavaHeapInCalls() {}

    /** One call of a heap of its own, and what must hold after it. */
    private interface Trial {
        void call();

        /** Uses up the heap and closes it. */
        void finish();
    }

    public static void main(String[] arguments) {
        String name = arguments[0];
        for (int round = 0; round < WARM_UP_COUNT; round++) {
            Trial trial = trial(name);
            trial.call();
            trial.finish();
        }
        int failed = 0;
        for (int room = Integer.parseInt(arguments[1]); room <= Integer.parseInt(arguments[2]); room += 16) {
            Trial trial = trial(name);
            reserve = new byte[room];
            fill();
            reserve = EMPTY;
            boolean isFull = false;
            try {
                trial.call();
            } catch (OutOfMemoryError full) {
                isFull = true;
            } finally {
                hoard = "";
            }
            failed += isFull ? 1 : 0;
            try {
                trial.finish();
            } catch (RuntimeException | Error fault) {
                System.out.println("FAULT " + name + " with " + room + " bytes: " + fault);
            }
        }
        System.out.println("done, ran out of memory = " + (failed > 0));
    }

    private static void fill() {
        Object chain = "";
        // Twice: the errors themselves leave garbage.
        for (int pass = 0; pass < 2; pass++) {
            int length = 1 << 18;
            while (length >= 1) {
                try {
                    Object[] link = new Object[length];
                    link[0] = chain;
                    chain = link;
                } catch (OutOfMemoryError full) {
                    length >>= 1;
                }
            }
        }
        hoard = chain;
    }

    private static Trial trial(String name) {
        return switch (name) {
            case "open confined arena" -> arena(false, false);
            case "open shared arena" -> arena(true, false);
            case "close arena" -> arena(true, true);
            case "close data" -> new Data(MemoryDemand.SMALL) {
                @Override
                public void call() {
                    heap.close();
                }
            };
            case "close alias" -> closeCode(WritePath.ALIAS);
            case "close poke" -> closeCode(WritePath.POKE);
            case "allocate small" -> new Data(MemoryDemand.SMALL) {
                @Override
                public void call() {
                    taken = heap.allocate(1000);
                }
            };
            case "allocate recorded" -> new Data(MemoryDemand.SMALL, RECORDS) {
                @Override
                public void call() {
                    taken = heap.allocate(1000);
                }

                @Override
                public void finish() {
                    require(heap.stats().liveBlockCount() <= 1, "live blocks = " + heap.stats().liveBlockCount());
                    super.finish();
                }
            };
            case "shrink recorded" -> shrinkRecorded();
            case "commit small" -> commit(MemoryDemand.SMALL);
            case "commit huge" -> commit(MemoryDemand.SHMEM_THP);
            case "trim huge" -> new Data(MemoryDemand.SHMEM_THP) {
                {
                    heap.free(heap.allocate(REGION));
                }

                @Override
                public void call() {
                    heap.trim();
                }
            };
            case "release small" -> release(MemoryDemand.SMALL);
            case "release huge" -> release(MemoryDemand.SHMEM_THP);
            case "release alias" -> releaseCode(WritePath.ALIAS);
            case "release poke" -> releaseCode(WritePath.POKE);
            case "release in place" -> releaseCode(WritePath.IN_PLACE);
            case "define alias" -> define(WritePath.ALIAS);
            case "define poke" -> define(WritePath.POKE);
            case "define in place" -> define(WritePath.IN_PLACE);
            case "relocate alias" -> relocate(WritePath.ALIAS);
            case "relocate poke" -> relocate(WritePath.POKE);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private abstract static class Data implements Trial {
        final DataHeap heap;
        MemorySegment taken;

        Data(MemoryDemand memory) {
            this(memory, Evidence.NONE);
        }

        Data(MemoryDemand memory, Evidence evidence) {
            heap = DataHeap.builder().capacity(8 * REGION).memory(memory).evidence(evidence).build();
        }

        @Override
        public void finish() {
            if (taken != null) {
                heap.free(taken);
            }
            List<MemorySegment> all = new ArrayList<>();
            try {
                while (true) {
                    all.add(heap.allocate(REGION).fill((byte) 7));
                }
            } catch (HeapExhaustedException full) {
                // Every region was given out.
            } catch (AshlarException closed) {
                heap.close();
                return;
            }
            all.forEach(heap::free);
            require(all.size() == 8, "regions = " + all.size());
            require(heap.stats().liveBlockCount() == 0, "lost blocks = " + heap.stats().liveBlockCount());
            require(heap.audit().misplaced().isEmpty(), "misplaced = " + heap.audit().misplaced());
            heap.close();
        }
    }

    private static Trial shrinkRecorded() {
        CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).capacity(REGION).evidence(RECORDS).build();
        CodeBlock block = heap.allocate(REGION);
        return new Trial() {
            @Override
            public void call() {
                block.shrink(REGION / 2);
            }

            @Override
            public void finish() {
                if (block.byteSize() == REGION / 2) {
                    CodeBlock next = heap.allocate(REGION / 2);
                    require(next.address() >= block.address() + REGION / 2, "overlap");
                    next.free();
                } else {
                    require(heap.stats().liveByteSize() == REGION, "live bytes = " + heap.stats().liveByteSize());
                }
                block.free();
                heap.close();
            }
        };
    }

    private static Trial commit(MemoryDemand memory) {
        return new Data(memory) {
            {
                heap.free(heap.allocate(REGION));
                heap.trim();
            }

            @Override
            public void call() {
                taken = heap.allocate(2 * REGION);
            }
        };
    }

    private static Trial release(MemoryDemand memory) {
        return new Data(memory) {
            private final MemorySegment second;
            private final MemorySegment third;

            {
                MemorySegment first = heap.allocate(REGION);
                second = heap.allocate(REGION);
                third = heap.allocate(REGION);
                heap.free(first);
            }

            @Override
            public void call() {
                heap.free(second);
            }

            @Override
            public void finish() {
                try {
                    heap.free(second);
                } catch (AshlarException freed) {
                    // The first call freed it.
                }
                heap.free(third);
                super.finish();
            }
        };
    }

    private static Trial arena(boolean shared, boolean closes) {
        return new Data(MemoryDemand.SMALL) {
            private Arena arena;

            {
                if (closes) {
                    open();
                }
            }

            private void open() {
                arena = shared ? heap.sharedArena() : heap.confinedArena();
            }

            @Override
            public void call() {
                if (!closes) {
                    open();
                }
                arena.allocate(10);
                if (closes) {
                    arena.allocate(3 * REGION);
                    arena.close();
                }
            }

            @Override
            public void finish() {
                if (arena != null && arena.scope().isAlive()) {
                    arena.close();
                }
                super.finish();
            }
        };
    }

    private abstract static class Code implements Trial {
        final CodeHeap heap;
        CodeBlock taken;

        Code(WritePath path) {
            heap = CodeHeap.builder()
                    .capacity(8 * REGION)
                    .constantCapacity(0)
                    .dataCapacity(0)
                    .memory(MemoryDemand.THP)
                    .writePath(path)
                    .build();
        }

        @Override
        public void finish() {
            if (taken != null) {
                taken.free();
            }
            List<CodeBlock> all = new ArrayList<>();
            try {
                while (true) {
                    CodeBlock block = heap.allocate(REGION);
                    all.add(block);
                    block.writable().copyFrom(MemorySegment.ofArray(NativeCode.returning(all.size())));
                    block.publish();
                    require(NativeCode.call(block.address()) == all.size(), "wrong code");
                }
            } catch (HeapExhaustedException full) {
                // Every region was given out.
            } catch (AshlarException closed) {
                heap.close();
                return;
            }
            all.forEach(CodeBlock::free);
            require(all.size() == 8, "regions = " + all.size());
            require(heap.stats().liveBlockCount() == 0, "lost blocks = " + heap.stats().liveBlockCount());
            require(heap.audit().misplaced().isEmpty(), "misplaced = " + heap.audit().misplaced());
            heap.close();
        }
    }

    private static Trial closeCode(WritePath path) {
        return new Code(path) {
            {
                heap.allocate(100);
            }

            @Override
            public void call() {
                heap.close();
            }

            @Override
            public void finish() {
                heap.close();
            }
        };
    }

    private static Trial define(WritePath path) {
        byte[] code = NativeCode.returning(42);
        return new Code(path) {
            @Override
            public void call() {
                taken = heap.define(code);
            }
        };
    }

    /** The relocation fills the Java heap. */
    private static Trial relocate(WritePath path) {
        MemorySegment code = MemorySegment.ofArray(NativeCode.returning(42));
        OutOfMemoryError own = new OutOfMemoryError("own");
        return new Code(path) {
            @Override
            public void call() {
                OutOfMemoryError thrown = own;
                try {
                    var _ = heap.define(code, MemorySegment.NULL, _ -> {
                        fill();
                        throw own;
                    });
                } catch (OutOfMemoryError full) {
                    thrown = full;
                } finally {
                    hoard = "";
                }
                require(thrown.equals(own) || reserve.length == 0, "another Error");
            }
        };
    }

    private static Trial releaseCode(WritePath path) {
        return new Code(path) {
            private final CodeBlock second;
            private final CodeBlock third;

            {
                CodeBlock first = heap.allocate(REGION);
                second = heap.allocate(REGION);
                third = heap.allocate(REGION);
                first.free();
            }

            @Override
            public void call() {
                second.free();
            }

            @Override
            public void finish() {
                try {
                    second.free();
                } catch (AshlarException freed) {
                    // The first call freed it.
                }
                third.free();
                super.finish();
            }
        };
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }
}
