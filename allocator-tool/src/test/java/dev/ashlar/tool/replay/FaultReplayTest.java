package dev.ashlar.tool.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.FaultScript;
import dev.ashlar.stubs.SystemCall;
import dev.ashlar.tool.HugePages;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: whatever call fails in a replay, the heap refuses by a typed error or serves, and leaves nothing. */
final class FaultReplayTest {
    private static final int MIB = 1 << 20;

    /** Blocks of all kinds, 11 MiB at the peak; the last two live to the end. */
    private static final Trace TRACE = new Trace("mixed",
            new int[] {0, 1, ~0, 2, 3, ~1, 4, ~3, 5, 6, ~4, 7, ~5, 8, ~2},
            new int[] {100, 20, 5000, 3 * MIB, 2 * MIB, 4 * MIB, 60_000, 5 * MIB, 700});

    @ParameterizedTest
    @EnumSource(WritePath.class)
    void everyErrorOfEveryCallAtItsFirstUsesAndAlways(WritePath path) {
        for (SystemCall call : SystemCall.values()) {
            for (int index = 0; index < call.errors().size(); index++) {
                String which = List.of("1", "2", "3-6", "4-", "*").get(index % 5);
                String script = call.manualName() + ":" + which + "=" + call.errors().get(index).name();
                assertThat(replay(script, path, 1).violations()).as(script + " on " + path).isEmpty();
            }
        }
    }

    @Test
    void threadsMeetTheSameFaults() {
        String script = SystemCall.MMAP.errors().stream()
                .map(error -> "mmap:7-20=" + error.name())
                .collect(Collectors.joining("; ")) + "; fallocate:5-=ENOSPC; madvise:6-=ENOMEM";
        assertThat(replay(script, WritePath.ALIAS, 3).violations()).isEmpty();
    }

    @Test
    void theResultSaysWhatFailedAndWhatWasRefused() {
        FaultReplayResult result = replay("mmap:4-=ENOMEM; mseal:*=EPERM", WritePath.ALIAS, 1);

        assertThat(result.rules()).hasSize(2);
        assertThat(result.rules().getFirst().failedCount()).isPositive()
                .isEqualTo(result.rules().getFirst().callCount() - 3);
        assertThat(result.rules().get(1).failedCount()).isZero();
        assertThat(result.refusals()).isNotEmpty().allMatch(refusal -> refusal.contains("ENOMEM (12)"));
        assertThat(result.violations()).isEmpty();
    }

    private static FaultReplayResult replay(String script, WritePath path, int threads) {
        ReplayOptions options = new ReplayOptions(MemoryDemand.AUTO, path, threads, 1, 1, true, true);
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO)) {
            return new FaultReplay(TRACE, options, script, FaultScript.parse(script), _ -> {}).run();
        }
    }
}
