package dev.ashlar.tool.doctor;

import dev.ashlar.memory.Backing;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.Libc;
import dev.ashlar.tool.doctor.Diagnosis.Check;
import dev.ashlar.tool.doctor.Diagnosis.Rung;
import dev.ashlar.tool.doctor.HeapTrial.WritePathTrial;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Examines the host: reads its settings, then tries memory files and small heaps. */
public final class Doctor {

    private static final List<MemoryDemand> MEMORIES =
            List.of(MemoryDemand.HUGETLB, MemoryDemand.THP, MemoryDemand.SMALL);

    private Doctor() {}

    /**
     * Examines this host.
     *
     * @param progress receives each next step in a few words
     */
    public static Diagnosis examine(Consumer<String> progress) {
        progress.accept("reading settings");
        Host host = Host.read();
        List<Check> memfd = MemfdChecks.run(Libc.system(), host.pageBytes());
        progress.accept("trying memory for code");
        List<Rung> rungs = MEMORIES.stream().map(memory -> HeapTrial.code(memory, host)).toList();
        progress.accept("trying the write paths");
        List<WritePathTrial> paths = Stream.of(WritePath.values()).map(HeapTrial::writePath).toList();
        progress.accept("trying data heaps");
        List<Rung> dataRungs = MEMORIES.stream().map(memory -> HeapTrial.data(memory, host)).toList();
        progress.accept("trying a secret heap");
        Rung secret = HeapTrial.secret(host);
        List<Check> writePaths = paths.stream().map(WritePathTrial::check).toList();
        return new Diagnosis(host, memfd, rungs, writePaths, dataRungs, secret, writePaths.stream().anyMatch(Check::ok),
                advice(paths, rungs, dataRungs));
    }

    private static String advice(List<WritePathTrial> paths, List<Rung> rungs, List<Rung> dataRungs) {
        Optional<WritePathTrial> best = paths.stream().filter(trial -> trial.check().ok()).findFirst();
        if (best.isEmpty()) {
            return dataRungs.stream().anyMatch(Rung::usable)
                    ? "No code heap can be built here; a data heap can."
                    : "No heap can be built here.";
        }
        Check used = best.get().check();
        String text = "A heap built here without demands uses write path %s: %s.".formatted(used.name(),
                used.detail());
        if (best.get().huge()) {
            return text;
        }
        Stream<String> otherPath = paths.stream().filter(WritePathTrial::huge).limit(1)
                .map(trial -> "writePath(WritePath." + trial.path().name() + ")");
        Stream<String> pool = rungs.stream().filter(rung -> rung.backing().equals(Backing.HUGETLB.label()))
                .flatMap(rung -> rung.fix().stream());
        String options = Stream.concat(otherPath, pool).collect(Collectors.joining(", or "));
        return text + " It gets no huge pages; they are available by "
                + (options.isEmpty() ? "nothing that is known" : options) + ".";
    }
}
