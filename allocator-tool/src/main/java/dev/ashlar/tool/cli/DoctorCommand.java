package dev.ashlar.tool.cli;

import dev.ashlar.tool.doctor.Diagnosis;
import dev.ashlar.tool.doctor.Doctor;
import dev.ashlar.tool.exit.ExitCode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ashlar doctor}: what works on this host, and what would help. */
@Command(
        name = "doctor",
        description = {
            "Examines this host: its huge pages, permissions and limits. It tries each kind of memory with a small"
                    + " heap and a function that runs in it, and prints the command that fixes what does not work.",
            ""
        },
        exitCodeList = {"0:at least one kind of memory works", "1:none does", "3:this is not a supported host"})
final class DoctorCommand extends ToolCommand {

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Diagnosis diagnosis = withProgress("doctor", Doctor::examine);
        print(json ? List.of(Json.text(diagnosis)) : new DoctorText(diagnosis, ansi()).lines());
        return diagnosis.usable() ? ExitCode.OK : ExitCode.FAILED;
    }
}
