package dev.ashlar.llvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/llvm.md works as printed. */
final class GuideTest {
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void theExampleRunsAndPrintsWhatItsCommentsSay(@TempDir Path directory) throws Exception {
        assertThat(Setup.anyLibrary().version().major()).isPositive();
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("..", "docs", "llvm.md")));
        assertThat(example.find()).as("a java block in docs/llvm.md").isTrue();
        Path source = Files.writeString(directory.resolve("FrontEnd.java"), example.group(1));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path", "target/classes:../allocator-core/target/classes:../native-stubs/target/classes",
                "--add-modules", "dev.ashlar.llvm",
                "--enable-native-access=dev.ashlar,dev.ashlar.stubs,dev.ashlar.llvm",
                source.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readAllLines(output)).hasSize(3).startsWith("42", "true")
                .last().asString().startsWith("wrong is no valid module: wrong:1:23: error: value doesn't match");
        assertThat(process.exitValue()).isZero();
    }
}
