package dev.ashlar.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.ChildJvm;
import dev.ashlar.host.HugePages;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each event is in the recording of a JVM in which it happens. */
class FlightRecorderTest {
    private static final long REGION = RecordedHeaps.REGION;

    @TempDir
    private static Path folder;

    private static String output;
    private static List<RecordedEvent> events;

    @BeforeAll
    static void record() throws IOException {
        try (HugePages _ = HugePages.need(MemoryDemand.AUTO, 0)) {
            output = run("all", ",+dev.ashlar.CodePublished#enabled=true,+dev.ashlar.HeapStatistics#period=50ms");
            events = read("all");
        }
    }

    /** Runs a scenario in a child that is a named module, which the recording adds {@code jdk.jfr} to. */
    private static String run(String scenario, String settings) {
        ChildJvm.Outcome outcome = ChildJvm.ofModule(RecordedHeaps.class)
                .nativeAccess()
                .flags("-XX:StartFlightRecording:settings=none,filename=" + file(scenario) + settings)
                .run(scenario);
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return outcome.output();
    }

    private static Path file(String scenario) {
        return folder.resolve(scenario + ".jfr");
    }

    private static List<RecordedEvent> read(String scenario) throws IOException {
        return RecordingFile.readAllEvents(file(scenario)).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.ashlar."))
                .toList();
    }

    private static List<RecordedEvent> of(List<RecordedEvent> all, String type, String heap) {
        return all.stream()
                .filter(event -> event.getEventType().getName().equals("dev.ashlar." + type))
                .filter(event -> event.getString("heap").equals(heap))
                .toList();
    }

    private static List<RecordedEvent> of(String type, String heap) {
        return of(events, type, heap);
    }

    private static long printed(String key) {
        return output.lines()
                .filter(line -> line.startsWith(key + " = "))
                .mapToLong(line -> Long.parseLong(line.substring(key.length() + 3)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyRegionIsCommittedAndReleasedOnce() {
        List<RecordedEvent> commits = of("RegionCommit", "committed");
        assertThat(commits).hasSizeGreaterThanOrEqualTo(4).allSatisfy(event -> {
            assertThat(event.getString("domain")).isEqualTo("data");
            assertThat(event.getString("backing")).isEqualTo("small");
            assertThat(event.getLong("byteSize")).isEqualTo(REGION);
            assertThat(event.getDuration()).isPositive();
        });
        assertThat(commits.getFirst().getLong("address")).isEqualTo(printed("committed.address"));
        assertThat(addresses(of("RegionRelease", "committed"))).isEqualTo(addresses(commits));
    }

    private static Map<Long, Long> addresses(List<RecordedEvent> changes) {
        return changes.stream().collect(Collectors.groupingBy(event -> event.getLong("address"),
                Collectors.counting()));
    }

    @Test
    void aFallbackNamesTheBackingsAndTheRemedy() {
        assertThat(of("Fallback", "fallen")).anySatisfy(event -> {
            assertThat(event.getString("from")).isEqualTo("shmem-thp");
            assertThat(event.getString("to")).isEqualTo("small");
            assertThat(event.getString("call")).contains("MADV_COLLAPSE");
            assertThat(event.getString("error")).isEqualTo("EINVAL (22)");
            assertThat(event.getString("remedy")).contains("vm.nr_hugepages");
        });
        assertThat(of("RegionCommit", "fallen")).singleElement()
                .satisfies(event -> assertThat(event.getString("backing")).isEqualTo("small"));
    }

    @Test
    void anotherWritePathIsAFallback() {
        assertThat(of("Fallback", "changed")).anySatisfy(event -> {
            assertThat(event.getString("from")).isEqualTo("alias");
            assertThat(event.getString("to")).isEqualTo("poke");
            assertThat(event.getString("error")).isEqualTo("EPERM (1)");
        });
    }

    @Test
    void anExhaustionHasTheFiguresOfTheException() {
        assertThat(of("Exhaustion", "exhausted")).singleElement().satisfies(event -> {
            assertThat(event.getString("domain")).isEqualTo("code");
            assertThat(event.getLong("askedByteSize")).isEqualTo(REGION);
            assertThat(event.getLong("largestFreeByteSize")).isEqualTo(printed("exhausted.largestFree"));
            assertThat(event.getLong("committedByteSize")).isEqualTo(REGION);
            assertThat(event.getLong("capacityByteSize")).isEqualTo(REGION);
            assertThat(event.getString("refusals")).isEmpty();
        });
    }

    @Test
    void aBacklogIsRecordedWhileItGrowsAndWhenItIsFull() {
        List<RecordedEvent> backlogs = of("RetirementBacklog", "waiting");
        assertThat(backlogs).extracting(event -> event.getInt("blockCount")).containsExactly(64, 100);
        assertThat(backlogs).extracting(event -> event.getBoolean("isFull")).containsExactly(false, true);
        assertThat(backlogs).allSatisfy(event -> {
            assertThat(event.getInt("largestCount")).isEqualTo(100);
            assertThat(event.getString("threads")).startsWith("thread main");
        });
    }

    @ParameterizedTest
    @EnumSource(WritePath.class)
    void everyPublicationOfCodeIsRecorded(WritePath path) {
        List<RecordedEvent> published = of("CodePublished", "published-" + path);
        assertThat(published).extracting(event -> event.getLong("address")).containsExactly(
                printed(path + ".block"), printed(path + ".unit"), printed(path + ".batch"),
                printed(path + ".address"));
        assertThat(published).allSatisfy(event -> {
            assertThat(event.getString("writePath")).isEqualTo(path.toString());
            assertThat(event.getLong("byteSize")).isPositive();
        });
        assertThat(published.getFirst().getLong("byteSize")).isEqualTo(6);
    }

    @Test
    void statisticsOfEachOpenHeapAreRecorded() {
        assertThat(of("HeapStatistics", "held")).isNotEmpty().last().satisfies(event -> {
            assertThat(event.getLong("live")).isEqualTo(4096);
            assertThat(event.getLong("liveBlocks")).isEqualTo(1);
            assertThat(event.getLong("small")).isEqualTo(event.getLong("committed"));
        });
        assertThat(of("HeapStatistics", "held-data")).last()
                .satisfies(event -> assertThat(event.getLong("committed")).isGreaterThanOrEqualTo(3 * REGION));
        RecordedEvent first = of("HeapStatistics", "held").getFirst();
        assertThat(of("HeapStatistics", "committed"))
                .allMatch(event -> event.getStartTime().isBefore(first.getStartTime()));
    }

    @Test
    void publicationsAreNotRecordedUnlessTheyAreEnabled() throws IOException {
        String published = run("publish", "");
        assertThat(published).contains("alias.block");
        assertThat(of(read("publish"), "CodePublished", "published-alias")).isEmpty();
        assertThat(of(read("publish"), "RegionCommit", "published-alias")).isNotEmpty();
    }

    @Test
    void aRecordingThatStartsLateHasWhatHappensUntilItStops() throws IOException {
        ChildJvm.Outcome outcome = ChildJvm.ofModule(RecordedHeaps.class)
                .nativeAccess()
                .flags("--add-modules", "jdk.jfr")
                .run("late", file("late").toString());
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(of(read("late"), "CodePublished", "late")).hasSize(1);
        assertThat(of(read("late"), "HeapStatistics", "late")).isNotEmpty().last()
                .satisfies(event -> assertThat(event.getLong("liveBlocks")).isEqualTo(1));
    }

    @Test
    void aSplitAndItsHealingAreRecorded() throws IOException {
        try (HugePages _ = HugePages.need(MemoryDemand.THP, 2)) {
            assertThat(run("split", "")).contains("healed = true");
            List<RecordedEvent> found = read("split");
            RecordedEvent split = of(found, "RegionSplit", "split").getFirst();
            assertThat(split.getString("cause")).isEqualTo("a part of it was published in place");
            assertThat(split.getString("backing")).endsWith("-thp");
            assertThat(of(found, "RegionHeal", "split")).filteredOn(event -> event.getBoolean("isHuge"))
                    .first()
                    .satisfies(event -> {
                        assertThat(event.getLong("address")).isEqualTo(split.getLong("address"));
                        assertThat(event.getDuration()).isPositive();
                        assertThat(event.getString("failure")).isNull();
                    });
            assertThat(of(found, "RegionSplit", "trimmed")).singleElement()
                    .satisfies(event -> assertThat(event.getString("cause")).startsWith("a trim"));
        }
    }
}
