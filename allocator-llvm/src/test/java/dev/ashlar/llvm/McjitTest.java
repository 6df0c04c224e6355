package dev.ashlar.llvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.report.LlvmUnavailableException;
import dev.ashlar.memory.WritePath;
import org.junit.jupiter.api.Test;

/** What modules cost that are published together, and what an engine asks of its heap. */
final class McjitTest {

    @Test
    void modulesAddedTogetherArePublishedByOneCallToTheKernel() {
        Setup setup = new Setup(EngineKind.MCJIT, 14);
        try (CodeHeap heap = setup.heap(); LlvmEngine engine = setup.open(heap)) {
            long before = heap.ledger().mprotectCallCount();
            for (int index = 0; index < 50; index++) {
                engine.add(setup.library().parse("define i32 @f%1$d() { ret i32 %1$d }".formatted(index), "m" + index));
            }
            engine.publish();
            // Code, and unwind tables as constants.
            assertThat(heap.ledger().mprotectCallCount() - before).isLessThanOrEqualTo(2);
            assertThat(engine.address("f49")).isNotZero();
        }
    }

    @Test
    void aHeapOnAnotherWritePathIsRefusedWithTheRightOne() {
        LlvmLibrary library = Setup.anyLibrary();
        try (CodeHeap heap = CodeHeap.builder().writePath(WritePath.ALIAS).capacity(2 << 20).build()) {
            assertThatIllegalArgumentException().isThrownBy(() -> library.openEngine(EngineKind.MCJIT, heap))
                    .withMessageContaining("needs a heap on write path in-place")
                    .withMessageContaining("EngineKind.MCJIT.writePath()");
        }
    }

    @Test
    void anOptimizationOutOfRangeIsRefused() {
        LlvmLibrary library = Setup.anyLibrary();
        try (CodeHeap heap = new Setup(EngineKind.MCJIT, 0).heap()) {
            assertThatIllegalArgumentException().isThrownBy(() -> library.openEngine(EngineKind.MCJIT, heap, 4));
        }
    }

    @Test
    void anEngineThatTheLibraryLacksIsRefusedWithTheVersionsThatHaveIt() {
        LlvmLibrary library = Setup.library(14);
        try (CodeHeap heap = new Setup(EngineKind.ORC, 14).heap()) {
            assertThatThrownBy(() -> library.openEngine(EngineKind.ORC, heap))
                    .isInstanceOf(LlvmUnavailableException.class)
                    .hasMessageContaining("Versions 16 and 19 have it");
        }
    }
}
