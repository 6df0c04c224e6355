package dev.ashlar.tool.cli;

import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.explain.CrashLog;
import dev.ashlar.tool.explain.Explanation;
import dev.ashlar.tool.explain.SymbolImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ashlar explain}: what lay at an address, after the process has ended. */
@Command(
        name = "explain",
        description = {
            "Says which block of a heap an address belonged to, after the process has ended: the addresses of a crash"
                    + " log of HotSpot, or single ones.",
            "",
            "The heap must have kept a symbol file: CodeHeapBuilder.evidence(Evidence.NONE.symbolFile(file)).",
            ""
        },
        exitCodeList = {"0:explained", "2:wrong options, or a file that cannot be read"})
final class ExplainCommand extends ToolCommand {

    @Parameters(arity = "1..*", paramLabel = "LOG|ADDRESS",
            description = "Crash logs (hs_err_pid*.log), and addresses such as 0x7f0012345678.")
    private List<String> subjects = new ArrayList<>();

    @Option(names = "--symbols", paramLabel = "FILE", description = "A symbol file of a heap; may be repeated.")
    private List<Path> symbols = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object per subject, one a line.")
    private boolean json;

    @Override
    public Integer call() {
        List<SymbolImage> images = symbols.stream().map(SymbolImage::read).toList();
        for (String subject : subjects) {
            Explanation explanation = subject.startsWith("0x")
                    ? Explanation.of(Map.of("address", options(() -> address(subject))), images)
                    : Explanation.of(CrashLog.read(Path.of(subject)), images);
            print(json ? List.of(Json.line(explanation)) : lines(explanation));
        }
        if (images.isEmpty() && !json) {
            print(List.of("No symbol file was given (--symbols FILE), so no block is known."));
        }
        return ExitCode.OK;
    }

    private static long address(String text) {
        try {
            return Long.parseUnsignedLong(text.substring(2), 16);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("an address is 0x and up to 16 hexadecimal digits: " + text, e);
        }
    }

    private static List<String> lines(Explanation explanation) {
        List<String> lines = new ArrayList<>();
        explanation.headline().ifPresent(lines::add);
        for (Explanation.Place place : explanation.places()) {
            lines.add("  %-8s 0x%x%s".formatted(place.role(), place.address(),
                    place.facts().isEmpty() ? ": in no block that is known" : ""));
            place.facts().forEach(fact -> lines.add("             " + fact));
        }
        return lines;
    }
}
