package dev.ashlar.tool.cli;

import dev.ashlar.tool.doctor.Diagnosis;
import dev.ashlar.tool.doctor.Diagnosis.Check;
import dev.ashlar.tool.doctor.Diagnosis.Rung;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.figures.Table;
import dev.ashlar.tool.figures.Units;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/** A diagnosis for people. */
final class DoctorText extends TextReport {

    DoctorText(Diagnosis diagnosis, Ansi ansi) {
        super(ansi);
        title("Host");
        host(diagnosis.host());
        title("Memory files");
        diagnosis.memfd().forEach(this::check);
        title("Memory for code, best first, each tried with its own heap");
        diagnosis.rungs().forEach(this::rung);
        title("Write paths, best first, each tried with its own heap");
        diagnosis.writePaths().forEach(this::check);
        title("Memory for data, which is mapped once");
        diagnosis.dataRungs().forEach(this::rung);
        title("Memory for secrets, outside the kernel's direct map");
        rung(diagnosis.secret());
        line("");
        line(diagnosis.advice());
    }

    private void host(Host host) {
        Host.TransparentHugePages thp = host.transparentHugePages();
        Host.Limits limits = host.limits();
        table(new Table().left().left()
                .row("kernel", host.kernel() + ", " + host.architecture() + ", pages of "
                        + Units.bytes(host.pageBytes()))
                .row("JDK", host.jdk())
                .row("user", host.user() + "; facts from " + host.factsSource())
                .row("hugetlb pool", host.hugetlbPool()
                        .map(pool -> "%d pages of 2 MiB: %d free, %d of them reserved; %d surplus, at most %d more on"
                                .formatted(pool.total(), pool.free(), pool.reserved(), pool.surplus(),
                                        pool.overcommitMax())
                                + " demand")
                        .orElse("none in this kernel"))
                .row("THP", "enabled=%s defrag=%s shmem_enabled=%s; for 2 MiB: enabled=%s shmem_enabled=%s".formatted(
                        word(thp.enabled()), word(thp.defrag()), word(thp.shmemEnabled()), word(thp.enabled2M()),
                        word(thp.shmemEnabled2M())))
                .row("limits", "address space %s, locked memory %s, open files %s".formatted(
                        limits.addressSpace(), limits.lockedMemory(), limits.openFiles()))
                .row("sysctl vm", "max_map_count=%s memfd_noexec=%s overcommit_memory=%s".formatted(
                        word(limits.maxMapCount()), word(limits.memfdNoexec()), word(limits.overcommitMemory())))
                .row("PAGEMAP_SCAN", host.pagemapScan().refusal()
                        .map(refusal -> "missing (" + refusal + "): only smaps totals tell huge mappings")
                        .orElse("works: huge mappings are known region by region")));
    }

    private void check(Check check) {
        line("  " + mark(check.ok()) + " " + check.name() + ": " + check.detail());
    }

    private void rung(Rung rung) {
        line("  " + mark(rung.usable()) + " " + rung.backing() + ": " + rung.detail());
        rung.fix().ifPresent(fix -> line("         fix: " + fix));
    }

    private static String word(Optional<String> word) {
        return word.orElse("-");
    }
}
