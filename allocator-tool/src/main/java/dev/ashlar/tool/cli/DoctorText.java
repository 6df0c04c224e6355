package dev.ashlar.tool.cli;

import dev.ashlar.tool.doctor.Check;
import dev.ashlar.tool.doctor.Diagnosis;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.doctor.Rung;
import dev.ashlar.tool.figures.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/** A diagnosis as lines for a person. */
final class DoctorText {

    private final List<String> lines = new ArrayList<>();
    private final Ansi ansi;

    private DoctorText(Ansi ansi) {
        this.ansi = ansi;
    }

    static List<String> lines(Diagnosis diagnosis, Ansi ansi) {
        DoctorText text = new DoctorText(ansi);
        text.host(diagnosis.host());
        text.lines.add("");
        text.lines.add("Memory files");
        diagnosis.memfd().forEach(text::check);
        text.lines.add("");
        text.lines.add("Kinds of memory, best first, each tried with a heap of its own");
        diagnosis.rungs().forEach(text::rung);
        text.lines.add("");
        text.lines.add("Ways to write code, best first, each tried the same way");
        diagnosis.writePaths().forEach(text::check);
        text.lines.add("");
        text.lines.add("Memory for data, which is mapped once");
        diagnosis.dataRungs().forEach(text::rung);
        text.lines.add("");
        text.lines.add("Secrets, off the kernel's map of memory");
        text.rung(diagnosis.secret());
        text.lines.add("");
        text.verdict(diagnosis);
        return text.lines;
    }

    private void host(Host host) {
        lines.add("Host");
        row("kernel", host.kernel() + ", " + host.architecture() + ", pages of " + Units.bytes(host.pageBytes()));
        row("JDK", host.jdk());
        row("user", host.user() + "; facts from " + host.factsSource());
        row("hugetlb pool", host.hugetlbPool()
                .map(pool -> "%d pages of 2 MiB: %d free, %d of them reserved; %d surplus, at most %d more on demand"
                        .formatted(pool.total(), pool.free(), pool.reserved(), pool.surplus(), pool.overcommitMax()))
                .orElse("none in this kernel"));
        Host.TransparentHugePages thp = host.transparentHugePages();
        row("THP", "enabled=%s defrag=%s shmem_enabled=%s; 2 MiB alone: enabled=%s shmem_enabled=%s".formatted(
                word(thp.enabled()), word(thp.defrag()), word(thp.shmemEnabled()), word(thp.enabled2M()),
                word(thp.shmemEnabled2M())));
        Host.Limits limits = host.limits();
        row("limits", "address space %s, locked memory %s, open files %s".formatted(
                limits.addressSpace(), limits.lockedMemory(), limits.openFiles()));
        row("sysctl vm", "max_map_count=%s memfd_noexec=%s overcommit_memory=%s".formatted(
                word(limits.maxMapCount()), word(limits.memfdNoexec()), word(limits.overcommitMemory())));
        row("PAGEMAP_SCAN", host.pagemapScan().refusal()
                .map(refusal -> "not there (" + refusal + "): huge mappings are told by smaps totals only")
                .orElse("works: huge mappings are told region by region"));
    }

    private void check(Check check) {
        lines.add("  " + mark(check.ok()) + " " + check.name() + ": " + check.detail());
    }

    private void rung(Rung rung) {
        lines.add("  " + mark(rung.usable()) + " " + rung.backing() + ": " + rung.detail());
        rung.fix().ifPresent(fix -> lines.add("         fix: " + fix));
    }

    private void verdict(Diagnosis diagnosis) {
        Optional<Check> best = diagnosis.writePaths().stream().filter(Check::ok).findFirst();
        lines.add(best.map(path -> "A heap built here without demands uses write path " + path.name() + ": "
                + path.detail() + ".")
                .orElse("No heap can be built here."));
    }

    private void row(String name, String value) {
        lines.add("  %-13s %s".formatted(name, value));
    }

    private String mark(boolean ok) {
        return ansi.string(ok ? "@|green [ ok ]|@" : "@|bold,red [ no ]|@");
    }

    private static String word(Optional<String> word) {
        return word.orElse("-");
    }
}
