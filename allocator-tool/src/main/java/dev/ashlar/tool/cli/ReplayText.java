package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.bytes;
import static dev.ashlar.tool.figures.Units.count;

import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.replay.ReplayResult;
import picocli.CommandLine.Help.Ansi;

/** The result of a replay for people. */
final class ReplayText extends TextReport {

    ReplayText(ReplayResult result) {
        super(Ansi.OFF);
        line(result.file());
        figure("trace", "%s: %s, %s; at most %s live".formatted(count(result.events(), "event"),
                count(result.allocations(), "allocation"), count(result.frees(), "free"),
                bytes(result.peakLiveBytes())));
        figure("replay", "%s x %s, %s of %s, %s".formatted(count(result.threads(), "thread"),
                result.copies() == 1 ? "1 copy" : count(result.copies()) + " copies",
                count(result.repeat(), "timed pass").replace("passs", "passes"),
                count(result.replaysPerPass(), "replay"), contents(result)));
        figure("time", "%s per event".formatted(Units.nanos(result.nsPerEvent())));
        figure("memory", "%s committed in %s, %.2f x live; bookkeeping %s".formatted(
                bytes(result.peakCommittedBytes()), count(result.regions(), "region"),
                (double) result.peakCommittedBytes() / result.peakLiveBytes(), bytes(result.metadataBytes())));
        figure("backing", "%s, write path %s".formatted(result.backing(), result.writePath()));
        figure("huge pages", "%s; %s seen here, %d on the system".formatted(huge(result),
                count(result.pmdSplits(), "split"), result.thpSplitPmdDelta()));
        figure("mappings", "VMAs of the heap %d when built, %d at the peak; of the process %d, %d".formatted(
                result.vmasBefore(), result.vmasAfter(), result.processVmasBefore(), result.processVmasAfter()));
        figure("mprotect", count(result.mprotectCalls(), "call"));
        figure("garbage", "%.2f Java bytes per event".formatted(result.javaBytesPerEvent()));
        for (String violation : result.violations()) {
            figure("VIOLATION", violation);
        }
        line("");
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

    private void figure(String name, String text) {
        line("  %-11s%s".formatted(name, text));
    }
}
