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

/** {@code ashlar doctor}: can this host, and if not, what would help. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Examines this host: its huge pages, its rights, its limits. Every kind of memory is really tried, with"
                    + " a small heap and a function that runs in it; what does not work comes with the command that"
                    + " would change it.",
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
