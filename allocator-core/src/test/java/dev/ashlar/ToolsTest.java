package dev.ashlar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.NativeCode;
import dev.ashlar.host.Program;
import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.Visibility;
import dev.ashlar.memory.WritePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Profilers, debuggers and the C++ runtime see generated code. */
class ToolsTest {
    @TempDir
    Path folder;

    private static ChildJvm child() {
        return ChildJvm.ofModule(ToolsChild.class).nativeAccess();
    }

    private List<String> recording(String... options) {
        return Program.command("perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-o",
                folder.resolve("recorded").toString()).with(options).and("--").words();
    }

    @ParameterizedTest
    @EnumSource(WritePath.class)
    void perfNamesAndShowsDumpedCode(WritePath path) {
        Program.require("perf", "linux-perf");
        assertThat(child().through(recording("-k", "1")).run("spin", path.name(), folder.toString()).exitCode())
                .isZero();
        Path injected = folder.resolve("injected");
        Program.command("perf", "inject", "--jit", "-i", folder.resolve("recorded").toString(), "-o",
                injected.toString()).run();
        assertThat(Program.command("perf", "report", "-q", "--stdio", "-i", injected.toString()).run())
                .containsPattern("jitted-\\d+-\\d+\\.so +\\[\\.\\] hot_loop");
        assertThat(Program.command("perf", "annotate", "-q", "--stdio", "-i", injected.toString(), "-s", "hot_loop")
                .run()).contains("dec    %ecx");
    }

    @Test
    void perfUnwindsDumpedFramesWithoutAFramePointer() {
        Program.require("perf", "linux-perf");
        assertThat(child().through(recording("-k", "1", "--call-graph", "dwarf,4096"))
                .run("spin", "ALIAS", folder.toString()).exitCode()).isZero();
        Path injected = folder.resolve("injected");
        Program.command("perf", "inject", "--jit", "-i", folder.resolve("recorded").toString(), "-o",
                injected.toString()).run();
        String script = Program.command("perf", "script", "-i", injected.toString(), "-F", "ip,sym").run();
        assertThat(Pattern.compile("hot_loop\\s+\\p{XDigit}+ cold_caller").matcher(script).find()).as(script).isTrue();
    }

    @ParameterizedTest
    @EnumSource(WritePath.class)
    void perfNamesCodeByItsMap(WritePath path) {
        Program.require("perf", "linux-perf");
        assertThat(child().through(recording()).run("spin-map", path.name(), folder.toString()).exitCode()).isZero();
        assertThat(Program.command("perf", "report", "-q", "--stdio", "-i", folder.resolve("recorded").toString())
                .run()).containsPattern("\\[\\.\\] hot_loop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw", "drop"})
    void exceptionsPassThroughFramesAlsoAfterOtherHeapsWereDropped(String task) throws Exception {
        Program.require("g++", "g++");
        Path source = Files.writeString(folder.resolve("thrower.cpp"), """
                extern "C" int catching(void (*f)()) { try { f(); return -1; } catch (int thrown) { return thrown; } }
                extern "C" void thrower() { throw 42; }
                """);
        Program.command("g++", "-O1", "-shared", "-fPIC", "-o", folder.resolve("thrower.so").toString(),
                source.toString()).run();
        ChildJvm.Outcome outcome = child().run(task, "ALIAS", folder.toString());
        for (String what : List.of("standard", "own", "first of many", "last of many", "nested", "again")) {
            assertThat(outcome.output()).contains(what + ": caught 42");
        }
        assertThat(outcome.output()).contains("same place", "closed");
        assertThat(outcome.exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep", "sleep-beside-llvm"})
    void gdbNamesAndUnwindsFramesDownToTheStub(String task) throws Exception {
        Program.require("gdb", "gdb");
        if (task.equals("sleep-beside-llvm")) {
            Program.requireLibrary(ToolsChild.LLVM, "libllvm19");
        }
        String frames = gdbFramesOf(task);
        assertThat(frames).containsPattern("(?s)in inner_function \\(\\).*in middle_function \\(\\)"
                + ".*in outer_function \\(\\)\\s+#\\d+ .* in \\?\\?");
    }

    @Test
    void gdbReadsSymbolsThatWereWrittenForIt() throws Exception {
        Program.require("gdb", "gdb");
        Path symbols = folder.resolve("symbols.elf");
        assertThat(gdbFramesOf("write-symbols", "-ex", "add-symbol-file " + symbols))
                .contains("in inner_function ()");
    }

    private String gdbFramesOf(String task, String... commands) throws IOException {
        ChildJvm.Running running = child().start(task, "ALIAS", folder.toString());
        try {
            running.awaitLine("ready");
            return Program.command("gdb", "-q", "-nx", "-batch", "-p", Long.toString(running.pid())).with(commands)
                    .and("-ex", "thread apply all backtrace 9").run();
        } finally {
            running.kill();
        }
    }

    @Test
    void theFilesOfPerfAreForTheUserAloneAndRewrittenOnRequest() throws Exception {
        ChildJvm.Outcome outcome = child().run("rewrite", "ALIAS", folder.toString());
        assertThat(outcome.output()).contains("rw-------", "lines after: 1", "first_function");
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void aDumpThatIsFullTakesNoMore() {
        ChildJvm.Outcome outcome = child().run("full", "ALIAS", folder.toString());
        assertThat(outcome.output()).contains("at most 8192: true");
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void aDirectoryThatIsNotThereIsRefusedAndNothingIsLeft() {
        CodeHeapBuilder builder = CodeHeap.builder().memory(MemoryDemand.SMALL)
                .visibility(Visibility.NONE.jitDump(folder.resolve("absent")));
        assertThatThrownBy(builder::build).isInstanceOf(UncheckedIOException.class).hasMessageContaining("absent");
    }

    @Test
    void aHardenedHeapReportsThatPerfDoesNotUseItsMap() {
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).hardening(Hardening.SEALED)
                .visibility(Visibility.NONE.perfMap()).build()) {
            assertThat(heap.report().describe()).contains("refused: perf-map");
        }
    }

    @Test
    void symbolsOfLiveCodeAreWrittenOnce() throws Exception {
        Path file = folder.resolve("symbols.elf");
        try (CodeHeap heap = CodeHeap.builder().memory(MemoryDemand.SMALL).build()) {
            heap.define(NativeCode.returning(1), "live_function");
            heap.define(NativeCode.returning(1), "freed_function").free();
            heap.writeSymbols(file);
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            String contents = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            assertThat(contents).contains("live_function").doesNotContain("freed_function");
            assertThatThrownBy(() -> heap.writeSymbols(file)).isInstanceOf(UncheckedIOException.class);
        }
    }
}
