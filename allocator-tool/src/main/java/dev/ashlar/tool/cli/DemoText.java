package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.bytes;
import static dev.ashlar.tool.figures.Units.count;

import dev.ashlar.tool.demo.DemoResult;
import dev.ashlar.tool.demo.DemoResult.Call;
import dev.ashlar.tool.demo.DemoResult.Load;
import dev.ashlar.tool.demo.DemoResult.Proof;
import dev.ashlar.tool.demo.DemoResult.Region;
import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.figures.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/** The demo's result as lines for a person. */
final class DemoText {

    private static final String ROW = "  %-34s %16s %16s";

    /** From empty to full. */
    private static final String SHADES_UNICODE = " \u2591\u2592\u2593\u2588";
    private static final String SHADES_ASCII = " .-+#";

    private final List<String> lines = new ArrayList<>();
    private final Ansi ansi;

    private DemoText(Ansi ansi) {
        this.ansi = ansi;
    }

    static List<String> lines(DemoResult result, Ansi ansi) {
        DemoText text = new DemoText(ansi);
        text.host(result.host());
        text.heap(result.heap());
        text.calls(result.calls());
        text.comparison(result.ours(), result.rival());
        text.regions(result.regions());
        text.proofs(result.proofs());
        text.verdict(result);
        return text.lines;
    }

    private void host(Host host) {
        title("This host");
        line("  Linux %s, %s, JDK %s".formatted(host.kernel(), host.architecture(), host.jdk()));
        line("  hugetlb pool: %s".formatted(host.hugetlbPool()
                .map(pool -> "%d pages of 2 MiB, %d available".formatted(pool.total(), pool.available()))
                .orElse("none")));
        line("  transparent huge pages: enabled=%s, shmem_enabled=%s".formatted(
                host.transparentHugePages().enabled().orElse("-"),
                host.transparentHugePages().shmemEnabled().orElse("-")));
    }

    private void heap(DemoResult.Heap heap) {
        title("The heap");
        line("  %s reserved, memory from %s, code written by %s".formatted(bytes(heap.capacityBytes()), heap.backing(),
                heap.writePath()));
        line("  code runs at %s (read+execute), is written at %s (read+write)".formatted(heap.executableAddress(),
                heap.writableAddress()));
        heap.refusals().forEach(refusal -> line("  not given: %s".formatted(refusal)));
    }

    private void calls(List<Call> calls) {
        title("Functions assembled now, run in huge pages");
        for (Call call : calls) {
            String arguments = call.arguments().stream().map(String::valueOf).collect(Collectors.joining(", "));
            line("  %s %3d B at %s   %s(%s) = %d".formatted(mark(call.isRight()), call.codeBytes(), call.address(),
                    call.function(), arguments, call.result()));
        }
    }

    private void comparison(Load ours, Load rival) {
        title("%s functions of %s together".formatted(count(ours.functions()), bytes(ours.codeBytes())));
        line(ROW.formatted("", ours.memory(), rival.memory()));
        row("VMAs of the process before", ours, rival, load -> count(load.vmasBefore()));
        row("  with all functions live", ours, rival, load -> count(load.vmasLive()));
        row("  with every other one freed", ours, rival, load -> count(load.vmasHalfFreed()));
        row("  with all freed", ours, rival, load -> count(load.vmasAfter()));
        row("mprotect calls", ours, rival, load -> count(load.mprotectCalls()));
        row("memory", ours, rival, load -> bytes(load.mappedBytes()));
        row("  mapped by huge pages, all views", ours, rival, load -> bytes(load.hugeBytes()));
        row("time per function, first round", ours, rival, load -> Units.nanos(load.firstNanosPerFunction()));
        row("  make and free, memory there", ours, rival, load -> Units.nanos(load.nanosPerFunction()));
    }

    private void regions(List<Region> regions) {
        title("The heap's regions of 2 MiB with all functions live");
        for (Region region : regions) {
            line("  %3d |%s| %s%s".formatted(region.index(), bar(region.fill()), region.backing(),
                    region.huge() ? ", one 2 MiB page in each view" : ""));
        }
    }

    private void proofs(List<Proof> proofs) {
        title("Proof");
        proofs.forEach(proof -> line("  %s %s: %s".formatted(mark(proof.holds()), proof.claim(), proof.evidence())));
        lines.add("");
    }

    private void verdict(DemoResult result) {
        if (result.holds()) {
            lines.add(ansi.string("@|bold,green All of it holds.|@")
                    + " A function costs %s instead of %s, and no mapping."
                            .formatted(Units.nanos(result.ours().nanosPerFunction()),
                                    Units.nanos(result.rival().nanosPerFunction())));
        } else if (!result.hugePages()) {
            lines.add(ansi.string("@|bold,red No huge pages.|@")
                    + " The code runs, but this heap got small pages only; 'ashlar doctor' says what would help.");
        } else {
            lines.add(ansi.string("@|bold,red Not all of it holds.|@") + " 'ashlar doctor' examines the host.");
        }
    }

    private static String bar(List<Integer> fill) {
        String shades = "UTF-8".equals(System.getProperty("stdout.encoding")) ? SHADES_UNICODE : SHADES_ASCII;
        StringBuilder bar = new StringBuilder();
        for (int percent : fill) {
            // Rounded up: a part with anything in it is not shown empty.
            bar.append(shades.charAt(Math.ceilDiv(percent * (shades.length() - 1), 100)));
        }
        return bar.toString();
    }

    private void row(String name, Load ours, Load rival, Function<Load, String> value) {
        line(ROW.formatted(name, value.apply(ours), value.apply(rival)));
    }

    private void title(String title) {
        if (!lines.isEmpty()) {
            lines.add("");
        }
        // Not through a format: the title is data to it.
        lines.add(ansi == Ansi.ON ? "\u001b[1m" + title + "\u001b[0m" : title);
    }

    private void line(String text) {
        lines.add(text.stripTrailing());
    }

    private String mark(boolean ok) {
        return ansi.string(ok ? "@|green [ ok ]|@" : "@|bold,red [ no ]|@");
    }
}
