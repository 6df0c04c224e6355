package dev.ashlar.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.CodeHeapFuzz;
import dev.ashlar.SegmentHeapFuzz;
import dev.ashlar.stubs.KernelTextFuzz;
import dev.ashlar.tool.replay.TraceReaderFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the inputs from which the fuzzer starts, among them each on which a target has failed before. */
class CorpusTest {
    private static final Path CORPUS = Path.of("src/test/corpus");

    static Stream<Arguments> targets() {
        return Stream.of(
                target("CodeHeapFuzz", CodeHeapFuzz::fuzzerTestOneInput),
                target("SegmentHeapFuzz", SegmentHeapFuzz::fuzzerTestOneInput),
                target("KernelTextFuzz", KernelTextFuzz::fuzzerTestOneInput),
                target("TraceReaderFuzz", TraceReaderFuzz::fuzzerTestOneInput));
    }

    private static Arguments target(String name, Consumer<byte[]> target) {
        return Arguments.of(name, target);
    }

    @ParameterizedTest
    @MethodSource("targets")
    void everyInputOfTheCorpusPasses(String name, Consumer<byte[]> target) throws IOException {
        List<Path> inputs;
        try (Stream<Path> files = Files.list(CORPUS.resolve(name))) {
            inputs = files.sorted().toList();
        }
        assertThat(inputs).isNotEmpty();
        for (Path input : inputs) {
            try {
                target.accept(Files.readAllBytes(input));
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError(input + ": " + failure.getMessage(), failure);
            }
        }
    }
}
