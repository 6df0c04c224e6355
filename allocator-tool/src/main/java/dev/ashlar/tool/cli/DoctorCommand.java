package dev.ashlar.tool.cli;

import dev.ashlar.tool.doctor.Diagnosis;
import dev.ashlar.tool.doctor.Doctor;
import dev.ashlar.tool.exit.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ashlar doctor}: what works on this host, and what would help. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Examines this host: its huge pages, permissions and limits. It tries each kind of memory with a small"
                    + " heap and a function that runs in it, and prints the command that fixes what does not work.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:at least one kind of memory works", "1:none does", "3:this is not a supported host"})
final class DoctorCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Diagnosis diagnosis;
        try (Progress progress = new Progress(spec.commandLine().getErr(), Terminal.error(), "doctor")) {
            diagnosis = Doctor.examine(progress);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.text(diagnosis));
        } else {
            DoctorText.lines(diagnosis, spec.commandLine().getColorScheme().ansi()).forEach(out::println);
        }
        out.flush();
        return diagnosis.usable() ? ExitCode.OK : ExitCode.FAILED;
    }
}
