package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: after a crash in freed code, the log and the symbol file name the block. */
class ExplainCommandTest {
    @TempDir
    private Path folder;

    @Test
    void aCallOfFreedCodeIsExplainedAfterTheCrash() throws IOException {
        Path symbols = folder.resolve("stale.elf");
        Path log = folder.resolve("hs_err.log");
        Path output = folder.resolve("output");
        List<String> command = ChildJvm.command(
                List.of("-XX:ErrorFile=" + log, "-XX:-CreateCoredumpOnCrash"), CrashChild.class.getName(),
                List.of(symbols.toString(), "8000"));
        ChildJvm.run(command, Map.of(), output, 60);
        assertThat(log).as(Files.readString(output)).exists();

        CommandRun run = CommandRun.of("explain", "--symbols", symbols.toString(), log.toString());
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).startsWith("SIGSEGV (0xb) at pc=0x")
                .contains("byte 0 of a freed block of heap stale at 0x", ", 8,000 bytes", "mapping 0x", " r-x",
                        "the instruction is hlt");

        CommandRun json = CommandRun.of("explain", "--json", "--symbols", symbols.toString(), log.toString());
        assertThat(json.out()).startsWith("{\"headline\":\"SIGSEGV").contains("\"role\":\"pc\"");
    }

    @Test
    void anAddressInNoBlockIsSaidToBeUnknown() {
        CommandRun run = CommandRun.of("explain", "0x10");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("0x10: in no block that is known");
    }

    @Test
    void wrongInputIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "no log");
        for (List<String> arguments : List.of(List.of("explain"), List.of("explain", "0xyz"),
                List.of("explain", text.toString()), List.of("explain", "missing"),
                List.of("explain", "--symbols", text.toString(), "0x1"))) {
            CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).startsWith("ashlar explain: ");
        }
    }
}
