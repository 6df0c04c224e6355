package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.count;

import dev.ashlar.stubs.FaultScript;
import dev.ashlar.tool.replay.FaultReplayResult;
import picocli.CommandLine.Help.Ansi;

/** The result of a replay with faults for people. */
final class FaultReplayText extends TextReport {

    FaultReplayText(FaultReplayResult result) {
        super(Ansi.OFF);
        line(result.file());
        for (FaultScript.Outcome rule : result.rules()) {
            figure("fault", "%s: %s, %d failed".formatted(rule.rule(), count(rule.callCount(), "call"),
                    rule.failedCount()));
        }
        figure("replay", "%s, %s refused; backing %s, write path %s".formatted(
                count(result.allocations(), "allocation"), count(result.refused()), result.backing(),
                result.writePath()));
        result.refusals().forEach(refusal -> figure("refusal", refusal));
        if (result.violations().isEmpty()) {
            figure("afterwards", "the same trace ran without a refusal, and nothing was left");
        }
        result.violations().forEach(violation -> figure("VIOLATION", violation));
        line("");
    }

    private void figure(String name, String text) {
        line("  %-11s%s".formatted(name, text));
    }
}
