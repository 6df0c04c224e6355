package dev.ashlar.tool.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: what a process says arrives, and what it does not say is not made up. */
final class AnswerTest {

    @TempDir
    private Path folder;

    @Test
    void severalAnswersAddUp() throws IOException {
        Path file = folder.resolve("answer");
        Files.write(file, List.of("{\"figures\": {\"a\": 1.5}, \"notes\": {}}",
                "{\"figures\": {}, \"notes\": {\"b\": \"words\"}}"));

        assertThat(Answer.read(file)).isEqualTo(new Answer(Map.of("a", 1.5), Map.of("b", "words")));
    }

    @Test
    void noFileIsNoAnswer() {
        assertThat(Answer.read(folder.resolve("none"))).isEqualTo(new Answer(Map.of(), Map.of()));
    }

    @Test
    void whatIsNoAnswerIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("answer"), "what");

        assertThatThrownBy(() -> Answer.read(file)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aChildThatTakesTooLongIsEnded() {
        assertThat(ChildJvm.run(List.of("sleep", "60"), Map.of(), folder.resolve("out"), 0)).isEmpty();
    }
}
