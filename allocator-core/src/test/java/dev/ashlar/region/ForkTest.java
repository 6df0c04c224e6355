package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeHeap;
import dev.ashlar.host.ForkingLibrary;
import dev.ashlar.host.HugePages;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.OnEveryRung;
import dev.ashlar.host.Residue;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A forked child can neither run nor write the parent's code, and another program inherits no file. */
class ForkTest {
    private static final int SIGSEGV = 11;

    @OnEveryRung
    void aForkedChildThatTouchesEitherViewDies(MemoryDemand memory, @TempDir Path folder) throws Exception {
        ForkingLibrary child = ForkingLibrary.load(folder);
        try (HugePages _ = HugePages.need(memory, 2);
                CodeHeap heap = CodeHeap.builder().memory(memory).build();
                Arena arena = Arena.ofConfined()) {
            MemorySegment inherited = arena.allocate(1);
            assertThat(child.signalOnWrite(inherited.address())).as("other memory").isZero();

            CodeBlock large = heap.allocate(3 << 20);
            MemorySegment writable = large.writable();
            for (long offset : new long[] {0, 2 << 20}) {
                assertThat(child.signalOnRead(large.address() + offset)).isEqualTo(SIGSEGV);
                assertThat(child.signalOnRead(writable.address() + offset)).isEqualTo(SIGSEGV);
                assertThat(child.signalOnWrite(writable.address() + offset)).isEqualTo(SIGSEGV);
            }
            assertThat(NativeCode.call(heap.define(NativeCode.returning(42)).address())).isEqualTo(42);
            assertThat(heap.audit().isClean()).isTrue();
        }
    }

    @OnEveryRung
    void anotherProgramInheritsNoMemoryFile(MemoryDemand memory, @TempDir Path folder) throws Exception {
        ForkingLibrary child = ForkingLibrary.load(folder);
        SystemCalls kernel = Libc.system();
        int control = kernel.memfdCreate("not-closed", 0);
        try (HugePages _ = HugePages.need(memory, 1);
                CodeHeap heap = CodeHeap.builder().memory(memory).name("closed").build()) {
            heap.audit();
            assertThat(Residue.heapDescriptors())
                    .anyMatch(target -> target.startsWith("/memfd:closed-"));
            assertThat(child.shell("ls -l /proc/self/fd | grep -q memfd:not-closed")).isZero();
            assertThat(child.shell("ls -l /proc/self/fd | grep -q memfd:closed")).isEqualTo(1);
            assertThat(child.shell("ls -l /proc/self/fd | grep -q pagemap")).isEqualTo(1);
        } finally {
            kernel.close(control);
        }
    }
}
