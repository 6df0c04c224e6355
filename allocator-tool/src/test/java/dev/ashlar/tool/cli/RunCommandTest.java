package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input gives one sentence and an exit code, and nothing runs. */
final class RunCommandTest {
    private static final String MAIN = "define i32 @main() { ret i32 0 }\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void requireLlvm() throws IOException {
        CommandRun run = CommandRun.of("run", write("probe.ll", "define void @f() { ret void }"));
        boolean isThere = run.exitCode() != ExitCode.HOST;
        if (Boolean.parseBoolean(System.getenv("ASHLAR_LLVM_REQUIRED"))) {
            assertThat(isThere).as(run.err()).isTrue();
        }
        Assumptions.assumeTrue(isThere, run.err());
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static void assertRefused(CommandRun run, int exitCode, String... words) {
        assertThat(run.err()).startsWith("ashlar run: ").contains(words);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(exitCode);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "define i32 @main() { ret i64 0 }       | is no valid module",
        "This is no module.                     | is no valid module",
        "define i32 @other() { ret i32 0 }      | no function main is defined",
        "declare i32 @main()                    | no function main is defined",
        "@main = global i32 0                   | no function main is defined",
        "define i64 @main() { ret i64 0 }       | main has the wrong signature: it is i64 ()",
        "define i32 @main(i64 %a) { ret i32 0 } | main has the wrong signature: it is i32 (i64)"
    })
    void aFileThatIsNoProgramIsRefused(String text, String reason) throws IOException {
        assertRefused(CommandRun.of("run", write("wrong.ll", text)), ExitCode.USAGE, reason);
    }

    @Test
    void aSymbolThatNothingDefinesIsNamed() throws IOException {
        String file = write("missing.ll",
                "declare void @no_such_function()\ndefine i32 @main() { call void @no_such_function()\n ret i32 0 }");
        assertRefused(CommandRun.of("run", file), ExitCode.USAGE, "no_such_function", "LD_PRELOAD");
    }

    @Test
    void filesThatDefineOneNameAreRefused() throws IOException {
        assertRefused(CommandRun.of("run", write("one.ll", MAIN), write("two.ll", MAIN)), ExitCode.USAGE,
                "two.ll cannot be linked with", "symbol multiply defined");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertRefused(CommandRun.of("run", "no/such.bc"), ExitCode.USAGE, "no/such.bc cannot be read");
    }

    @Test
    void aProgramLargerThanAnyHeapIsRefused() throws IOException {
        String file = write("large.ll", MAIN + "@large = global [3000000000 x i8] zeroinitializer\n");
        assertRefused(CommandRun.of("run", file), ExitCode.USAGE, "3000000", "a heap has at most");
        String smaller = write("smaller.ll", MAIN + "@large = global [1900000000 x i8] zeroinitializer\n");
        assertRefused(CommandRun.of("run", smaller), ExitCode.USAGE, "the heap refused memory", "1900000");
    }

    @Test
    void anEngineThatThisHostLacksIsRefusedWithARemedy() throws IOException {
        assertRefused(CommandRun.of("run", "--llvm", "3", write("main.ll", MAIN)), ExitCode.HOST,
                "no libLLVM of version 3", "apt-get install");
    }

    @Test
    void wrongOptionsAreWrongUse() throws IOException {
        String file = write("main.ll", MAIN);
        assertThat(CommandRun.of("run", "--opt", "4", file).exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(CommandRun.of("run", "--engine", "bogus", file).err()).contains("mcjit, orc, jitlink");
        assertThat(CommandRun.of("run", "--", file).err()).contains("Which file?");
        assertThat(CommandRun.of("run").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
