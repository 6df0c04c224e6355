package dev.ashlar.bench.linking;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.EngineKind;
import dev.ashlar.llvm.LlvmEngine;
import dev.ashlar.llvm.LlvmLibrary;
import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.report.HeapStats;
import java.util.Optional;

/** An engine of Ashlar. With the memory {@value #WITH_CODE}, constants lie in the pages of their code. */
final class HeapLinker implements ModuleLinker {
    private static final String WITH_CODE = "ashlar-with-code";

    private final LlvmLibrary library;
    private final CodeHeap heap;
    private final LlvmEngine engine;

    HeapLinker(LlvmLibrary library, EngineKind kind, String memory) {
        this.library = library;
        this.heap = CodeHeap.builder()
                .writePath(kind.writePath())
                .constants(memory.equals(WITH_CODE) ? ConstantPlacement.WITH_CODE : ConstantPlacement.OWN_REGIONS)
                .name("linked")
                .withoutPreparedRegions()
                .build();
        this.engine = library.openEngine(kind, heap, OPTIMIZATION);
    }

    @Override
    public void addModule(String text, String name) {
        engine.add(library.parse(text, name));
    }

    @Override
    public void addObject(byte[] object, String name) {
        engine.addObject(object, name);
    }

    @Override
    public long address(String function) {
        return engine.address(function);
    }

    @Override
    public Optional<HeapStats> stats() {
        return Optional.of(heap.stats());
    }

    @Override
    public Optional<Long> splitRegionCount() {
        heap.heal();
        return Optional.of(heap.audit().regions().stream()
                .filter(region -> region.domain() == Domain.CODE && !region.isHuge())
                .count());
    }

    @Override
    public void close() {
        engine.close();
        heap.close();
    }
}
