package dev.ashlar.bench.designs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.bench.designs.Load.Look;
import dev.ashlar.bench.designs.Load.Section;
import dev.ashlar.bench.replay.TraceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: every design gets the same events, and they are what the load's name says. */
final class LoadsTest {

    @Test
    void theSameSeedMakesTheSameLoadAndAnotherSeedAnother() {
        assertThat(events(Loads.replacement(SizeMix.MIXED, 1_000, 5)))
                .isEqualTo(events(Loads.replacement(SizeMix.MIXED, 1_000, 5)))
                .isNotEqualTo(events(Loads.replacement(SizeMix.MIXED, 1_000, 6)));
    }

    @Test
    void replacementGrowsReplacesAndFreesHalf() {
        Load load = Loads.replacement(SizeMix.FUNCTION, 1_000, 5);

        assertThat(load.name()).isEqualTo("function, 1,000 live");
        assertThat(load.looks()).extracting(Look::name).containsExactly("grown", "after replacement", "half freed");
        assertThat(load.sections()).extracting(Section::name).containsExactly("growth", "replacement", "frees");
        assertThat(load.sections()).extracting(Section::to)
                .isEqualTo(load.looks().stream().map(Look::eventCount).toList());
        assertThat(load.survivorCount()).isEqualTo(500);
        Section replacement = load.sections().get(1);
        assertThat(replacement.from()).isEqualTo(1_000);
        assertThat(IntStream.range(replacement.from(), replacement.to()).filter(event -> load.slot(event) < 0).count())
                .isEqualTo((replacement.to() - replacement.from()) / 2);
    }

    @Test
    void aTraceIsTakenAsItIsAndLookedAtWhenMostIsLive(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("two.trace"), "a 7 100\na 8 300\nf 7\na 9 50\n");

        Load load = Loads.of(TraceReader.read(file));

        assertThat(load.name()).isEqualTo("two");
        assertThat(events(load)).isEqualTo("0:100 1:300 -1:100 2:50");
        assertThat(load.looks()).containsExactly(new Look("at the peak", 2));
        assertThat(load.peakLiveByteSize()).isEqualTo(400);
        assertThat(load.byteSizeMax()).isEqualTo(300);
        assertThat(load.survivorCount()).isEqualTo(2);
        assertThat(load.survivorSlot(1)).isEqualTo(2);
        assertThat(load.survivorByteSize(1)).isEqualTo(50);
    }

    @Test
    void aLoadThatFreesWhatIsNotLiveIsRefused() {
        assertThatThrownBy(() -> new Load("wrong", new int[] {0, ~1}, new int[] {10, 10}, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("event 1 of wrong: slot=1");
        assertThatThrownBy(() -> new Load("wrong", new int[] {0, ~0}, new int[] {10, 11}, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("10 bytes, the event says 11");
        assertThatThrownBy(() -> new Load("wrong", new int[] {0, 0}, new int[] {10, 10}, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("event 1 of wrong: slot=0");
    }

    @Test
    void sizesAreSpreadAsTheirNamesSay() {
        SplittableRandom random = new SplittableRandom(1);
        int[] mixed = IntStream.range(0, 20_000).map(draw -> SizeMix.MIXED.next(random)).sorted().toArray();
        int[] function = IntStream.range(0, 20_000).map(draw -> SizeMix.FUNCTION.next(random)).sorted().toArray();

        assertThat(mixed[0]).isBetween(32, 33);
        assertThat(mixed[mixed.length - 1]).isBetween(2030, 2048);
        assertThat(mixed[mixed.length / 2]).as("the middle of a logarithmic scale").isBetween(245, 267);
        assertThat(Arrays.stream(mixed).average().orElseThrow()).isBetween(475.0, 495.0);
        assertThat(function[0]).isEqualTo(64);
        assertThat(function[function.length - 1]).isEqualTo(4096);
        assertThat(function[function.length / 2]).isBetween(390, 410);
    }

    private static String events(Load load) {
        StringBuilder events = new StringBuilder();
        for (int event = 0; event < load.eventCount(); event++) {
            events.append(event == 0 ? "" : " ").append(load.slot(event)).append(':').append(load.byteSize(event));
        }
        return events.toString();
    }
}
