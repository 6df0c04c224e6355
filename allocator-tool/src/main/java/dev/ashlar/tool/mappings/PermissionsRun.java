package dev.ashlar.tool.permissions;

import com.google.gson.Gson;
import dev.ashlar.tool.child.Answer;
import dev.ashlar.tool.child.ChildJvm;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.permissions.PermissionsResult.CellResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Runs the cells one after the other, each in a JVM of its own, and holds them against the targets. */
public final class PermissionsRun {

    /** A collector without threads of its own, and a heap that is there from the start: both are VMAs. */
    private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx256m");

    private static final long SECONDS_MAX = 300;

    private static final String ANSWER = "answer.jsonl";
    private static final String OUTPUT = "output.txt";

    private PermissionsRun() {}

    /**
     * Runs what was asked for.
     *
     * @param progress told what happens next, in a few words
     */
    public static PermissionsResult run(PermissionsOptions options, Consumer<String> progress) {
        List<CellResult> results = new ArrayList<>();
        List<Cell> cells = options.cells();
        for (Cell cell : cells) {
            progress.accept("%d of %d, %s".formatted(results.size() + 1, cells.size(), cell.id()));
            results.add(inChild(cell, options));
        }
        return new PermissionsResult(Host.read(), options.functionCount(), options.seed(), results,
                Targets.judge(results));
    }

    private static CellResult inChild(Cell cell, PermissionsOptions options) {
        try {
            Path folder = Files.createTempDirectory("ashlar-permissions-");
            try {
                return inChild(cell, options, folder);
            } finally {
                Files.deleteIfExists(folder.resolve(ANSWER));
                Files.deleteIfExists(folder.resolve(OUTPUT));
                Files.delete(folder);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("the files of a cell", failed);
        }
    }

    private static CellResult inChild(Cell cell, PermissionsOptions options, Path folder) throws IOException {
        Path answerFile = folder.resolve(ANSWER);
        Path output = folder.resolve(OUTPUT);
        List<String> command = ChildJvm.command(JVM_OPTIONS, CellProcess.class.getName(),
                List.of(cell.id(), Integer.toString(options.functionCount()), Long.toString(options.seed())));
        OptionalInt exitCode =
                ChildJvm.run(command, Map.of(Answer.VARIABLE, answerFile.toString()), output, SECONDS_MAX);
        if (exitCode.isEmpty()) {
            return failed(cell, "no result within " + SECONDS_MAX + " seconds");
        }
        if (exitCode.getAsInt() != 0) {
            return failed(cell, "exit code " + exitCode.getAsInt() + ": " + reason(Files.readAllLines(output)));
        }
        Map<String, String> notes = Answer.read(answerFile).notes();
        String lacking = notes.get(CellProcess.LACKING);
        if (lacking != null) {
            return new CellResult(cell, null, lacking, null);
        }
        String figures = notes.get(CellProcess.FIGURES);
        return figures == null
                ? failed(cell, "it said nothing")
                : new CellResult(cell, new Gson().fromJson(figures, CellFigures.class), null, null);
    }

    /** {@return what a process threw, or the last it said} */
    private static String reason(List<String> said) {
        return said.stream()
                .filter(line -> line.startsWith("Exception in thread "))
                .findFirst()
                .orElseGet(() -> said.isEmpty() ? "no output" : said.getLast());
    }

    private static CellResult failed(Cell cell, String reason) {
        return new CellResult(cell, null, null, reason);
    }
}
