package dev.ashlar.tool.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.tool.exit.CommandException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: a trace is read exactly, and other input is refused with file, line and reason. */
final class TraceReaderTest {

    private static final String SMALL = "a 7 100\na 3 20\nf 7\na 9 300\nf 3\n";

    @TempDir
    private Path folder;

    @Test
    void eventsAreCountedAndThePeakIsTheMostLiveAtOnce() {
        Trace trace = read(SMALL);

        assertThat(trace.eventCount()).isEqualTo(5);
        assertThat(trace.allocationCount()).isEqualTo(3);
        assertThat(trace.freeCount()).isEqualTo(2);
        assertThat(trace.peakLiveByteSize()).isEqualTo(320);
        assertThat(trace.peakLiveCount()).isEqualTo(2);
        assertThat(trace.byteSizeMax()).isEqualTo(300);
    }

    @Test
    void objectsAreNumberedInTheOrderOfTheirAllocation() {
        Trace trace = read(SMALL);

        assertThat(new int[] {trace.event(0), trace.event(1), trace.event(2), trace.event(3), trace.event(4)})
                .containsExactly(0, 1, ~0, 2, ~1);
        assertThat(trace.byteSize(2)).isEqualTo(300);
    }

    @Test
    void theLastLineMayLackItsLineEnd() {
        assertThat(read("a 1 10\nf 1").eventCount()).isEqualTo(2);
    }

    @Test
    void idsMayBeAnyNumberOf63Bits() {
        assertThat(read("a 9223372036854775807 1\na 0 1\nf 9223372036854775807\n").eventCount()).isEqualTo(3);
    }

    @Test
    void manyIdsFarApartAreDistinct() {
        StringBuilder text = new StringBuilder();
        for (long id = 0; id < 20_000; id++) {
            text.append("a ").append(id * 0x1_0000_0001L).append(" 8\n");
        }
        for (long id = 0; id < 20_000; id++) {
            text.append("f ").append(id * 0x1_0000_0001L).append('\n');
        }

        Trace trace = read(text.toString());

        assertThat(trace.allocationCount()).isEqualTo(20_000);
        assertThat(trace.event(20_000)).isEqualTo(~0);
        assertThat(trace.event(39_999)).isEqualTo(~19_999);
    }

    @Test
    void gzipIsRecognizedByItsContentAndNotByItsName() throws IOException {
        Path file = Files.write(folder.resolve("trace.txt"), gzip(SMALL));

        assertThat(TraceReader.read(file).eventCount()).isEqualTo(5);
    }

    @Test
    void aGzipFileMayHaveSeveralMembers() throws IOException {
        byte[] members = concat(gzip("a 1 10\n"), gzip("f 1\n"));

        assertThat(TraceReader.read(Files.write(folder.resolve("two.gz"), members)).eventCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        "x 1 10|expected \"a ID BYTES\" or \"f ID\", found \"x 1 10\"",
        "a 1|expected \"a ID BYTES\" or \"f ID\", found \"a 1\"",
        "a 1 10 |expected \"a ID BYTES\" or \"f ID\", found \"a 1 10 \"",
        "a 1 10 20|expected \"a ID BYTES\" or \"f ID\", found \"a 1 10 20\"",
        "a  1 10|expected \"a ID BYTES\" or \"f ID\", found \"a  1 10\"",
        " a 1 10|expected \"a ID BYTES\" or \"f ID\", found \" a 1 10\"",
        "A 1 10|expected \"a ID BYTES\" or \"f ID\", found \"A 1 10\"",
        "f 5 1|expected \"a ID BYTES\" or \"f ID\", found \"f 5 1\"",
        "f|expected \"a ID BYTES\" or \"f ID\", found \"f\"",
        "f5|expected \"a ID BYTES\" or \"f ID\", found \"f5\"",
        "a five 10|ID must be a number from 0 to 9223372036854775807, found \"five\"",
        "a -1 10|ID must be a number from 0 to 9223372036854775807, found \"-1\"",
        "a 9223372036854775808 10|ID must be a number from 0 to 9223372036854775807, found \"9223372036854775808\"",
        "f 1x|ID must be a number from 0 to 9223372036854775807, found \"1x\"",
        "a 1 0|BYTES must be a number from 1 to 2147483647, found \"0\"",
        "a 1 -10|BYTES must be a number from 1 to 2147483647, found \"-10\"",
        "a 1 2147483648|BYTES must be a number from 1 to 2147483647, found \"2147483648\"",
        "a 1 99999999999999999999|BYTES must be a number from 1 to 2147483647, found \"99999999999999999999\"",
        "a 1 1e3|BYTES must be a number from 1 to 2147483647, found \"1e3\"",
        "a 5 10|object 5 is allocated a second time, first on line 1",
        "a 6 10|object 6 is allocated a second time, first on line 2",
        "f 6|object 6 is freed a second time, first on line 3",
        "f 8|object 8 is freed but was never allocated"})
    void aWrongLineIsRefusedWithItsNumberAndTheReason(String line, String reason) {
        String text = "a 5 10\na 6 10\nf 6\n" + line + "\na 99 1\n";

        assertThatThrownBy(() -> read(text))
                .hasMessage(folder.resolve("trace") + ":4: " + reason)
                .isInstanceOf(CommandException.class);
    }

    @Test
    void aBlankLineIsRefused() {
        assertThatThrownBy(() -> read("a 1 10\n\nf 1\n")).hasMessageEndingWith(":2: a blank line");
    }

    @Test
    void lineEndsOfDosAreRefusedAndMadeVisible() {
        assertThatThrownBy(() -> read("a 1 10\r\n"))
                .hasMessageEndingWith(":1: BYTES must be a number from 1 to 2147483647, found \"10\\x0d\"");
    }

    @Test
    void aLineWithoutEndIsRefusedBeforeItFillsTheMemory() {
        assertThatThrownBy(() -> read("a 1 10\na " + "1".repeat(1000) + "\n"))
                .hasMessageEndingWith(":2: a line of more than 128 bytes");
    }

    @Test
    void anEmptyFileIsNoTrace() {
        assertThatThrownBy(() -> read("")).hasMessageContaining("is empty");
    }

    @Test
    void aWrongLineInsideGzipIsNamedToo() throws IOException {
        Path file = Files.write(folder.resolve("wrong.gz"), gzip("a 1 10\nf 2\n"));

        assertThatThrownBy(() -> TraceReader.read(file))
                .hasMessage(file + ":2: object 2 is freed but was never allocated");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5, 0.9, 0.999})
    void truncatedGzipIsRefused(double part) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int id = 0; id < 5_000; id++) {
            text.append("a ").append(id).append(' ').append(id * 7919L % 4000 + 1).append('\n');
        }
        byte[] whole = gzip(text.toString());
        Path file = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(whole, (int) (whole.length * part)));

        assertThatThrownBy(() -> TraceReader.read(file))
                .isInstanceOf(CommandException.class)
                .hasMessageMatching(".*cut\\.gz:\\d+: the gzip data ends early: the file is truncated");
    }

    @Test
    void gzipWithOnlyTheStartOfItsHeaderIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("head.gz"), Arrays.copyOf(gzip(SMALL), 5));

        assertThatThrownBy(() -> TraceReader.read(file))
                .hasMessage(file + ": the gzip data ends early: the file is truncated");
    }

    @Test
    void damagedGzipIsRefused() throws IOException {
        byte[] damaged = gzip(SMALL);
        damaged[damaged.length - 6] ^= 1;
        Path file = Files.write(folder.resolve("damaged.gz"), damaged);

        assertThatThrownBy(() -> TraceReader.read(file))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("the gzip data is damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "garbage after the end that is no gzip member at all"})
    void bytesAfterTheGzipDataAreRefused(String garbage) throws IOException {
        Path file = Files.write(folder.resolve("trailing.gz"),
                concat(gzip(SMALL), garbage.getBytes(StandardCharsets.US_ASCII)));

        assertThatThrownBy(() -> TraceReader.read(file))
                .hasMessage(file + ": has bytes after the end of its gzip data");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("absent");

        assertThatThrownBy(() -> TraceReader.read(file))
                .hasMessage(file + ": no such file")
                .isInstanceOf(CommandException.class);
    }

    @Test
    void aDirectoryIsNoTrace() {
        assertThatThrownBy(() -> TraceReader.read(folder))
                .hasMessage(folder + ": is a directory, not a trace");
    }

    private Trace read(String text) {
        try {
            return TraceReader.read(Files.writeString(folder.resolve("trace"), text));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
