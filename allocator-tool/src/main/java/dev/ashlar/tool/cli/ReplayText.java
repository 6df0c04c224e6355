package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.bytes;
import static dev.ashlar.tool.figures.Units.count;

import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.replay.ReplayResult;
import java.util.ArrayList;
import java.util.List;

/** A replay's result as lines for a person. */
final class ReplayText {

    private ReplayText() {}

    static List<String> lines(ReplayResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(result.file());
        lines.add(line("trace", "%s: %s, %s; at most %s live".formatted(count(result.events(), "event"),
                count(result.allocations(), "allocation"), count(result.frees(), "free"),
                bytes(result.peakLiveBytes()))));
        lines.add(line("replay", "%s x %s, %s of %s, %s".formatted(count(result.threads(), "thread"),
                result.copies() == 1 ? "1 copy" : count(result.copies()) + " copies",
                count(result.repeat(), "timed pass").replace("passs", "passes"),
                count(result.replaysPerPass(), "replay"), contents(result))));
        lines.add(line("time", "%s per event".formatted(Units.nanos(result.nsPerEvent()))));
        lines.add(line("memory", "%s committed in %s, %.2f x live; bookkeeping %s".formatted(
                bytes(result.peakCommittedBytes()), count(result.regions(), "region"),
                (double) result.peakCommittedBytes() / result.peakLiveBytes(), bytes(result.metadataBytes()))));
        lines.add(line("backing", "%s, write path %s".formatted(result.backing(), result.writePath())));
        lines.add(line("huge pages", "%s; %s seen here, %d on the system".formatted(huge(result),
                count(result.pmdSplits(), "split"), result.thpSplitPmdDelta())));
        lines.add(line("mappings", "VMAs of the heap %d when built, %d at the peak; of the process %d, %d".formatted(
                result.vmasBefore(), result.vmasAfter(), result.processVmasBefore(), result.processVmasAfter())));
        lines.add(line("mprotect", count(result.mprotectCalls(), "call")));
        lines.add(line("garbage", "%.2f Java bytes per event".formatted(result.javaBytesPerEvent())));
        for (String violation : result.violations()) {
            lines.add(line("VIOLATION", violation));
        }
        lines.add("");
        return lines;
    }

    private static String contents(ReplayResult result) {
        if (result.verified()) {
            return "contents written and verified, all right";
        }
        return result.written() ? "contents written and published" : "nothing written";
    }

    private static String huge(ReplayResult result) {
        return result.intendedHugeBytes() == 0
                ? "none intended"
                : "%s of %s mapped huge in both views (%s)".formatted(bytes(result.hugeBytes()),
                        bytes(result.intendedHugeBytes()),
                        Units.percent(result.hugeBytes(), result.intendedHugeBytes()));
    }

    private static String line(String name, String text) {
        return "  %-11s%s".formatted(name, text);
    }
}
