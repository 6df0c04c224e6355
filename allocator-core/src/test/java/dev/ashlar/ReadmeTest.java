package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example at the top of the README works as printed. */
class ReadmeTest {
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void theExampleRunsAndPrintsWhatItsCommentsSay(@TempDir Path directory) throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        Matcher example = EXAMPLE.matcher(readme);
        assertThat(example.find()).as("a java block in README.md").isTrue();
        Path source = Files.writeString(directory.resolve("Hello.java"), example.group(1));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path", "target/classes:../native-stubs/target/classes",
                "--add-modules", "dev.ashlar",
                "--enable-native-access=dev.ashlar,dev.ashlar.stubs",
                source.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(output, StandardCharsets.UTF_8)).isEqualTo("42\ntrue\n");
        assertThat(process.exitValue()).isZero();
    }
}
