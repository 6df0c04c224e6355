package dev.ashlar.tool.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.tool.HugePages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: a replay in a real heap reports what the trace, the heap and the kernel say. */
final class ReplayTest {

    /** Relative to the module, where Maven runs the tests. */
    private static final Path TRACES = Path.of("traces");

    /** a 100, a 20, f first, a 5000, f second; the third lives to the end. */
    private static final Trace TINY =
            new Trace("tiny", new int[] {0, 1, ~0, 2, ~1}, new int[] {100, 20, 5000});

    @ParameterizedTest
    @EnumSource(MemoryDemand.class)
    void aTinyTraceRunsOnEveryKindOfMemory(MemoryDemand memory) {
        ReplayResult result = replay(TINY, options(memory, 1, 1, true));

        assertThat(result.events()).isEqualTo(5);
        assertThat(result.allocations()).isEqualTo(3);
        assertThat(result.frees()).isEqualTo(2);
        assertThat(result.peakLiveBytes()).isEqualTo(5020);
        assertThat(result.regions()).isEqualTo(1);
        assertThat(result.peakCommittedBytes()).isEqualTo(2L << 20);
        assertThat(result.hugeBytes()).isEqualTo(result.intendedHugeBytes());
        assertThat(result.mprotectCalls()).isZero();
        assertThat(result.pmdSplits()).isZero();
        assertThat(result.violations()).isEmpty();
        assertThat(result.nsPerEvent()).isPositive();
        assertThat(result.writePath()).isEqualTo("alias");
    }

    @Test
    void aKindOfHugeMemoryIsIntendedHugeInBothViews() {
        ReplayResult result = replay(TINY, options(MemoryDemand.THP, 1, 1, false));

        assertThat(result.backing()).isEqualTo("shmem-thp");
        assertThat(result.intendedHugeBytes()).isEqualTo(2 * result.peakCommittedBytes());
        assertThat(result.hugeBytes()).isEqualTo(2 * result.peakCommittedBytes());
    }

    @Test
    void copiesMultiplyWhatIsLive() {
        ReplayResult result = replay(TINY, options(MemoryDemand.AUTO, 1, 7, true));

        assertThat(result.events()).isEqualTo(5);
        assertThat(result.copies()).isEqualTo(7);
        assertThat(result.peakLiveBytes()).isEqualTo(7 * 5020);
    }

    @Test
    void threadsShareOneHeap() {
        ReplayResult result = replay(TINY, options(MemoryDemand.AUTO, 3, 2, true));

        assertThat(result.threads()).isEqualTo(3);
        assertThat(result.peakLiveBytes()).isBetween(2 * 5020L, 6 * 5020L);
        assertThat(result.regions()).isEqualTo(1);
    }

    @Test
    void everyStepIsAnnounced() {
        List<String> steps = new ArrayList<>();

        new Replay(TINY, options(MemoryDemand.AUTO, 1, 1, false), steps::add).run();

        assertThat(steps).containsExactly("measuring", "warming up", "timed pass 1 of 2", "timed pass 2 of 2");
    }

    @Test
    void theTraceOfMavenKeepsAllItsContents() {
        Trace trace = TraceReader.read(TRACES.resolve("hotspot-maven.trace.gz"));

        ReplayResult result = replay(trace, options(MemoryDemand.AUTO, 1, 1, true));

        assertThat(result.allocations()).isEqualTo(5655);
        assertThat(result.frees()).isEqualTo(1269);
        assertThat(result.peakLiveBytes()).isEqualTo(5_208_785);
        assertThat(result.peakCommittedBytes()).isGreaterThanOrEqualTo(result.peakLiveBytes());
        assertThat(result.mprotectCalls()).isZero();
        assertThat(result.hugeBytes()).isEqualTo(result.intendedHugeBytes());
        assertThat(result.metadataBytes()).isPositive();
    }

    @Test
    void theTraceOfChurningClassesIsReadAsRecorded() {
        Trace trace = TraceReader.read(TRACES.resolve("hotspot-classchurn.trace.gz"));

        assertThat(trace.allocationCount()).isEqualTo(40_207);
        assertThat(trace.freeCount()).isEqualTo(33_589);
        assertThat(trace.peakLiveByteSize()).isEqualTo(10_332_029);
    }

    @Test
    void withoutWritingAReplayMakesNoGarbage() {
        Trace trace = TraceReader.read(TRACES.resolve("hotspot-maven.trace.gz"));

        ReplayResult result = replay(trace, new ReplayOptions(MemoryDemand.AUTO, null, 1, 1, 3, false, false));

        assertThat(result.written()).isFalse();
        assertThat(result.javaBytesPerEvent()).isLessThan(1);
    }

    private static ReplayResult replay(Trace trace, ReplayOptions options) {
        try (HugePages _ = HugePages.need(options.memory())) {
            return new Replay(trace, options, step -> {}).run();
        }
    }

    private static ReplayOptions options(MemoryDemand memory, int threads, int copies, boolean verify) {
        return new ReplayOptions(memory, null, threads, copies, 2, true, verify);
    }
}
