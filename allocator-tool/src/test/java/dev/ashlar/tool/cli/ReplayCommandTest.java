package dev.ashlar.tool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.tool.HugePages;
import dev.ashlar.tool.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: the command's output, messages and exit codes are what scripts and people rely on. */
final class ReplayCommandTest {

    @TempDir
    private Path folder;

    private Path trace;

    @BeforeEach
    void writeTrace() throws IOException {
        trace = Files.writeString(folder.resolve("small.trace"), "a 1 100\na 2 3000\nf 1\na 3 50\n");
    }

    @Test
    void jsonIsOneObjectALineWithAllFields() {
        CommandRun run = CommandRun.of("replay", "--json", "--repeat", "1", trace.toString(), trace.toString());

        assertThat(run.exitCode()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(2);
        JsonObject object = JsonParser.parseString(lines.getFirst()).getAsJsonObject();
        assertThat(object.keySet()).contains("file", "events", "allocations", "frees", "nsPerEvent", "peakLiveBytes",
                "peakCommittedBytes", "metadataBytes", "regions", "vmasBefore", "vmasAfter", "processVmasBefore",
                "processVmasAfter", "mprotectCalls", "intendedHugeBytes", "hugeBytes", "pmdSplits",
                "thpSplitPmdDelta", "backing", "writePath", "javaBytesPerEvent", "threads", "copies", "repeat");
        assertThat(object.get("events").getAsInt()).isEqualTo(4);
        assertThat(object.get("allocations").getAsInt()).isEqualTo(3);
        assertThat(object.get("frees").getAsInt()).isEqualTo(1);
        assertThat(object.get("peakLiveBytes").getAsLong()).isEqualTo(3100);
        assertThat(object.get("vmasAfter").getAsInt()).isPositive();
        assertThat(object.get("mprotectCalls").getAsLong()).isZero();
    }

    @Test
    void theTextShowsTheSameFigures() {
        CommandRun run = CommandRun.of("replay", "--verify", "--repeat", "1", trace.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith(trace.toString()).contains("4 events: 3 allocations, 1 free; at most",
                "per event", "contents written and verified", "0 calls");
    }

    @Test
    void threadsAndCopiesAreTaken() {
        CommandRun run = CommandRun.of("replay", "--threads", "2", "--copies=3", "--no-write", "--memory=small",
                "--write-path=alias", "--repeat=1", "--json", trace.toString());

        assertThat(run.exitCode()).isZero();
        JsonObject object = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(object.get("threads").getAsInt()).isEqualTo(2);
        assertThat(object.get("copies").getAsInt()).isEqualTo(3);
        assertThat(object.get("backing").getAsString()).isEqualTo("small");
        assertThat(object.get("intendedHugeBytes").getAsLong()).isZero();
    }

    @Test
    void faultsAreReportedWithTheirRefusals() {
        CommandRun run = CommandRun.of("replay", "--faults", "mmap:*=ENOMEM", trace.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith(trace.toString()).contains("fault      mmap:*=ENOMEM: ",
                "refusal    BackingUnavailableException: ", "ENOMEM (12)", "nothing was left");
    }

    @Test
    void faultsAsJsonAreOneObject() {
        CommandRun run = CommandRun.of("replay", "--faults=madvise:2-=EPERM", "--json", trace.toString());

        assertThat(run.exitCode()).isZero();
        JsonObject object = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(object.get("script").getAsString()).isEqualTo("madvise:2-=EPERM");
        assertThat(object.get("rules").getAsJsonArray()).hasSize(1);
        assertThat(object.get("violations").getAsJsonArray()).isEmpty();
    }

    @Test
    void aWrongFaultScriptIsNamedWithItsPosition() {
        CommandRun run = CommandRun.of("replay", "--faults", "mmap:1=EIO; mapp:1=EIO", trace.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("ashlar replay: fault script \"mmap:1=EIO; mapp:1=EIO\", position 13: "
                + "\"mapp\" must be * or one of mmap, ");
    }

    @Test
    void aMalformedFileIsNamedWithItsLineAndExitCodeTwo() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong"), "a 1 10\nf 2\n");

        CommandRun run = CommandRun.of("replay", trace.toString(), wrong.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).as("nothing is replayed before all is read").isEmpty();
        assertThat(run.err()).isEqualTo("ashlar replay: " + wrong + ":2: object 2 is freed but was never allocated"
                + System.lineSeparator());
    }

    @Test
    void aMissingFileIsNamedWithExitCodeTwo() {
        CommandRun run = CommandRun.of("replay", "/nowhere/trace.gz");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).isEqualTo("ashlar replay: /nowhere/trace.gz: no such file" + System.lineSeparator());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--memory=big|Invalid value for option '--memory': expected one of auto, hugetlb, thp, small but was 'big'",
        "--memory=THP|Invalid value for option '--memory': expected one of auto, hugetlb, thp, small but was 'THP'",
        "--write-path=jump|Invalid value for option '--write-path': expected one of auto, alias, poke, in-place but was"
                + " 'jump'",
        "--threads=0|threads must be at least 1: threads=0",
        "--copies=-1|copies must be at least 1: copies=-1",
        "--repeat=0|repeat must be at least 1: repeat=0",
        "--threads=two|Invalid value for option '--threads': 'two' is not an int",
        "--bogus|Unknown option: '--bogus'"})
    void wrongOptionsAreNamedWithExitCodeTwo(String option, String sentence) {
        CommandRun run = CommandRun.of("replay", option, trace.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("ashlar replay: " + sentence).doesNotContain("\tat ");
    }

    @Test
    void nothingToReplayIsWrongUse() {
        CommandRun run = CommandRun.of("replay");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("Missing required parameter: 'FILE'");
    }

    @Test
    void whatIsNotWrittenCannotBeVerified() {
        CommandRun run = CommandRun.of("replay", "--no-write", "--verify", trace.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("contents that are not written cannot be verified");
    }

    @Test
    void moreThanAHeapCanHoldIsWrongUse() {
        CommandRun run = CommandRun.of("replay", "--copies", "1000000", "--threads", "1000", trace.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("small.trace: 1000 threads with 1000000 copies each");
    }

    @Test
    void memoryThatTheHostLacksIsASentenceWithARemedyAndExitCodeThree() throws Exception {
        CommandRun run;
        try (HugePages pages = HugePages.need(MemoryDemand.AUTO); AutoCloseable _ = pages.drain()) {
            run = CommandRun.of("replay", "--memory", "hugetlb", trace.toString());
        }

        assertThat(run.exitCode()).isEqualTo(ExitCode.HOST);
        assertThat(run.err()).contains("ENOSPC (28)", "vm.nr_hugepages");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void theStackTraceIsPrintedOnRequest() {
        CommandRun run = CommandRun.of("replay", "--stacktrace", "/nowhere/trace.gz");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("no such file", "\tat ");
    }
}
