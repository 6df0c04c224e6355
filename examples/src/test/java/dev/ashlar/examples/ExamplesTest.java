package dev.ashlar.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.examples.assembler.AssembledExample;
import dev.ashlar.examples.filter.FilterExample;
import dev.ashlar.examples.lifetime.CollectedExample;
import dev.ashlar.examples.lifetime.GroupedExample;
import dev.ashlar.examples.lifetime.RetiredExample;
import dev.ashlar.examples.lifetime.UnmanagedExample;
import dev.ashlar.examples.path.AliasExample;
import dev.ashlar.examples.path.InPlaceExample;
import dev.ashlar.examples.path.PokeExample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Goal: each example runs and prints what its page says. */
class ExamplesTest {
    private interface Main {
        void run(String... arguments) throws Throwable;
    }

    /** Runs an example; the test is skipped if the example says that this host cannot run it. */
    private static List<String> linesOf(Main example) throws Throwable {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream captured = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(captured);
            example.run();
        } finally {
            System.setOut(console);
        }
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        Assumptions.assumeFalse(lines.getFirst().startsWith("skipped: "), lines.getFirst());
        return lines;
    }

    @Test
    void codeIsWrittenThroughAnAlias() throws Throwable {
        assertThat(linesOf(AliasExample::main)).containsExactly("runs where it is written: false",
                "the function returns 42", "patched, it returns 43", "calls of mprotect: 0");
    }

    @Test
    void codeIsPoked() throws Throwable {
        assertThat(linesOf(PokeExample::main))
                .containsExactly("the function returns 42", "calls of mprotect: 0");
    }

    @Test
    void aBatchIsWrittenInPlace() throws Throwable {
        assertThat(linesOf(InPlaceExample::main)).startsWith("the last function returns 99")
                .element(1).asString().startsWith("calls of mprotect: ").doesNotEndWith(" 0");
    }

    @Test
    void anUnmanagedBlockIsFreedOnce() throws Throwable {
        assertThat(linesOf(UnmanagedExample::main)).containsExactly(
                "the function returns 42", "the second free is refused, and changes nothing");
    }

    @Test
    void retiredBlocksAreFreedWhenTheCallerHasEnded() throws Throwable {
        assertThat(linesOf(RetiredExample::main)).containsExactly("blocks that wait: 0");
    }

    @Test
    void aCallAfterTheCloseOfItsGroupThrows() throws Throwable {
        assertThat(linesOf(GroupedExample::main)).hasSize(2).startsWith("the function returns 42")
                .element(1).asString().startsWith("the group is closed: ");
    }

    @Test
    void theCollectorFreesDroppedCode() throws Throwable {
        assertThat(linesOf(CollectedExample::main)).containsExactly(
                "the functions return 1000 together", "bytes that live: 0");
    }

    @Test
    void assembledCodeCallsAndReads() throws Throwable {
        assertThat(linesOf(AssembledExample::main)).containsExactly("40 + 2 = 42");
    }

    @Test
    void theFilterGetsBetterAndSelectsTheSameRows() throws Throwable {
        List<String> all = linesOf(FilterExample::main);
        // Code that is live is listed by name, after the versions.
        List<String> lines = all.stream().filter(line -> !line.startsWith("0x")).toList();

        assertThat(all).anySatisfy(line -> assertThat(line).startsWith("0x").contains("wanted ("));
        assertThat(lines.getFirst()).startsWith("INTERPRETED ");
        assertThat(lines.get(1)).startsWith("SCALAR ");
        assertThat(lines.getLast()).isEqualTo("old versions that wait: 0");
        assertThat(lines.subList(0, lines.size() - 1).stream()
                .map(line -> line.replaceFirst("^[A-Z]+ +", "").replaceFirst(",.*", ""))).hasSizeBetween(2, 3)
                .containsOnly(lines.getFirst().replaceFirst("^[A-Z]+ +", "").replaceFirst(",.*", ""));
    }

    @Test
    void thePageNamesEveryExample() throws IOException {
        String page = Files.readString(Path.of("README.md"));
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Example.java"))
                    .map(name -> name.replace(".java", ""))
                    .toList();
            assertThat(names).hasSize(9).allSatisfy(name -> assertThat(page).contains("examples/run " + name));
        }
    }
}
