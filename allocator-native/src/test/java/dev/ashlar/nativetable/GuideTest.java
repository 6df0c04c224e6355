package dev.ashlar.nativetable;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/native.md work as printed. */
final class GuideTest {
    @Test
    void theExamplesCompileRunAndPrintWhatTheirCommentsSay(@TempDir Path folder) throws Exception {
        Path library = ClientLibrary.compile(folder, block("c"), "example");
        Path source = Files.writeString(folder.resolve("Host.java"), block("java"));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path", "target/classes:../allocator-core/target/classes:../native-stubs/target/classes",
                "--add-modules", "dev.ashlar.nativetable",
                "--enable-native-access=dev.ashlar,dev.ashlar.stubs,dev.ashlar.nativetable,ALL-UNNAMED",
                source.toString(), library.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readAllLines(output)).containsExactly("42", "0");
        assertThat(process.exitValue()).isZero();
    }

    private static String block(String language) throws Exception {
        Matcher example = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "docs", "native.md")));
        assertThat(example.find()).as("a block of " + language + " in docs/native.md").isTrue();
        return example.group(1);
    }
}
