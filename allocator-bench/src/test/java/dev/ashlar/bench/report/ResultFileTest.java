package dev.ashlar.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.tool.exit.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: a result can be shown again from its file. */
final class ResultFileTest {

    @TempDir
    private Path folder;

    @Test
    void aWrittenResultIsReadBack() {
        BenchResult result = Sampled.result(Sampled.times("pair-code-256").with("ashlar", 10, 12)
                .with("asmjit-native", 40, 50).without("jffi", "no \"jffi\" here"));
        Path file = folder.resolve("new/bench.json");

        ResultFile.write(result, file, null, null);

        assertThat(ResultFile.read(file)).isEqualTo(result);
    }

    @Test
    void smallRatiosKeepTheirDigits() {
        String text = ResultFile.text(Sampled.result(Sampled.times("a").with("ours", 1.23456).with("theirs", 100)));

        assertThat(text).contains("1.2346", "0.0123").doesNotContain("1.23456");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{\"run\": 1}", "nonsense {"})
    void anotherFileIsRefused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("other.json"), text);

        assertThatThrownBy(() -> ResultFile.read(file)).isInstanceOf(CommandException.class)
                .hasMessage(file + ": not a result of ashlar bench");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ResultFile.read(folder.resolve("none.json")))
                .isInstanceOf(CommandException.class)
                .hasMessageEndingWith("none.json: no such file");
    }
}
