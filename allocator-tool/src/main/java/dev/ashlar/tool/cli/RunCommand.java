package dev.ashlar.tool.cli;

import dev.ashlar.CodeHeap;
import dev.ashlar.llvm.EngineKind;
import dev.ashlar.llvm.LlvmEngine;
import dev.ashlar.llvm.LlvmLibrary;
import dev.ashlar.llvm.LlvmProgram;
import dev.ashlar.llvm.ProcessBefore;
import dev.ashlar.report.HeapStats;
import dev.ashlar.tool.exit.ExitCode;
import dev.ashlar.tool.figures.Units;
import dev.ashlar.tool.program.CommandLineBytes;
import dev.ashlar.tool.program.LibraryChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ashlar run}: a program in LLVM's intermediate representation, with its code in a heap. */
@Command(
        name = "run",
        customSynopsis = "ashlar run [--opt 0-3] [--engine NAME] [--llvm VERSION|FILE] [--stats] FILE... [-- ARG...]%n",
        description = {
            "Links files of LLVM's assembly language (.ll) or bitcode (.bc), compiles them into a code heap, and runs"
                    + " main as the native program would run: with its arguments, streams and exit status.",
            ""
        },
        exitCodeListHeading = "%nExit codes, before the program runs:%n",
        exitCodeList = {
            "2:wrong options, or files that LLVM cannot read, link or compile",
            "3:this host has no libLLVM, compiler or memory for it"
        })
final class RunCommand extends ToolCommand {
    private static final long NANOS_PER_MILLI = 1_000_000;

    @Parameters(arity = "1..*", paramLabel = "FILE",
            description = "Files to link; after --, arguments for the program.")
    private List<String> operands = new ArrayList<>();

    @Option(names = "--opt", paramLabel = "0-3", defaultValue = "2",
            description = "How much work the code generator does. Default: ${DEFAULT-VALUE}.")
    private int optimization;

    @Option(names = "--engine", paramLabel = "NAME", defaultValue = "mcjit", converter = Choice.Engine.class,
            completionCandidates = Choice.Engine.class,
            description = "LLVM's compiler, one of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private EngineKind engine = EngineKind.MCJIT;

    @Option(names = "--llvm", paramLabel = "VERSION|FILE", defaultValue = "${env:ASHLAR_LLVM:-}",
            description = "The libLLVM, by its major version or file. Default: the variable ASHLAR_LLVM, then the"
                    + " newest of this host.")
    private String llvm = "";

    @Option(names = "--stats",
            description = "Print library, engine, write path and memory on the error stream, before the program runs.")
    private boolean stats;

    @Override
    public Integer call() {
        List<String> line = wholeCommandLine();
        int end = line.indexOf("--");
        int argumentCount = end < 0 ? 0 : line.size() - end - 1;
        List<String> files = operands.subList(0, operands.size() - argumentCount);
        if (files.isEmpty()) {
            throw wrongUse("Which file? Arguments for the program come after FILE and --", null);
        }
        if (optimization < 0 || optimization > 3) {
            throw wrongUse("--opt is 0 to 3: " + optimization, null);
        }
        long start = System.nanoTime();
        LlvmLibrary library = LibraryChoice.of(llvm);
        LlvmProgram program =
                LlvmProgram.load(library, engine, optimization, files.stream().map(Path::of).toList());
        if (stats) {
            statistics(program.engine(), System.nanoTime() - start).forEach(this::say);
        }
        program.notices().forEach(this::say);
        err().flush();
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(CommandLineBytes.of(files.getFirst().replaceFirst("\\.(ll|bc)$", "")));
        arguments.addAll(CommandLineBytes.last(line.subList(line.size() - argumentCount, line.size())));
        program.run(arguments, before());
        return ExitCode.OK;
    }

    /** {@return what the launcher has seen before it started the JVM} */
    private static ProcessBefore before() {
        return new ProcessBefore(Long.parseUnsignedLong(System.getProperty("ashlar.run.ignored", "0"), 16),
                System.getProperty("ashlar.run.closed", "").chars().map(Character::getNumericValue).boxed().toList());
    }

    private void say(String sentence) {
        err().println(prefix() + sentence);
    }

    private static List<String> statistics(LlvmEngine engine, long nanos) {
        LlvmLibrary library = engine.library();
        CodeHeap heap = engine.heap();
        HeapStats held = heap.stats();
        return List.of(
                "LLVM " + library.version() + " (" + library.file() + "), engine " + engine.kind() + ", optimization "
                        + engine.optimization() + ", write path " + heap.writePath(),
                "loaded in " + nanos / NANOS_PER_MILLI + " ms; live " + Units.bytes(held.liveByteSize()) + " in "
                        + Units.bytes(held.committedByteSize()) + " " + heap.report().backings() + ", "
                        + Units.count(held.mprotectCallCount(), "mprotect call"));
    }
}
