package dev.ashlar.tool.cli;

import static dev.ashlar.tool.figures.Units.bytes;
import static dev.ashlar.tool.figures.Units.count;
import static dev.ashlar.tool.figures.Units.nanos;

import dev.ashlar.tool.doctor.Host;
import dev.ashlar.tool.figures.Table;
import dev.ashlar.tool.mappings.DemoResult;
import dev.ashlar.tool.mappings.DemoResult.Call;
import dev.ashlar.tool.mappings.DemoResult.Load;
import dev.ashlar.tool.mappings.DemoResult.Region;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/** The result of the demo for people. */
final class DemoText extends TextReport {

    /** From empty to full. */
    private static final String SHADES_UNICODE = " \u2591\u2592\u2593\u2588";
    private static final String SHADES_ASCII = " .-+#";

    DemoText(DemoResult result, Ansi ansi) {
        super(ansi);
        host(result.host());
        heap(result.heap());
        calls(result.calls());
        comparison(result.ours(), result.rival());
        regions(result.regions());
        title("Proof");
        result.proofs()
                .forEach(proof -> line("  %s %s: %s".formatted(mark(proof.holds()), proof.claim(), proof.evidence())));
        line("");
        verdict(result);
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
        line("  %s reserved, memory from %s, code written by %s".formatted(bytes(heap.capacityBytes()),
                heap.backing(), heap.writePath()));
        line("  code runs at %s (read+execute), is written at %s (read+write)".formatted(
                heap.executableAddress(), heap.writableAddress()));
        heap.refusals().forEach(refusal -> line("  refused: " + refusal));
    }

    private void calls(List<Call> calls) {
        title("Functions assembled now, run in the heap");
        for (Call call : calls) {
            String arguments = call.arguments().stream().map(String::valueOf).collect(Collectors.joining(", "));
            line("  %s %3d B at %s   %s(%s) = %d".formatted(mark(call.isRight()), call.codeBytes(),
                    call.address(), call.function(), arguments, call.result()));
        }
    }

    private void comparison(Load ours, Load rival) {
        title("%s functions of %s together".formatted(count(ours.functions()), bytes(ours.codeBytes())));
        Table table = new Table().left().right(ours.memory(), rival.memory());
        row(table, "VMAs of the process before", ours, rival, load -> count(load.vmasBefore()));
        row(table, "  with all functions live", ours, rival, load -> count(load.vmasLive()));
        row(table, "  with every other one freed", ours, rival, load -> count(load.vmasHalfFreed()));
        row(table, "  with all freed", ours, rival, load -> count(load.vmasAfter()));
        row(table, "mprotect calls", ours, rival, load -> count(load.mprotectCalls()));
        row(table, "memory", ours, rival, load -> bytes(load.mappedBytes()));
        row(table, "  mapped by huge pages, all views", ours, rival, load -> bytes(load.hugeBytes()));
        row(table, "time per function, first round", ours, rival, load -> nanos(load.firstNanosPerFunction()));
        row(table, "  make and free, memory committed", ours, rival, load -> nanos(load.nanosPerFunction()));
        table(table);
    }

    private static void row(Table table, String name, Load ours, Load rival, Function<Load, String> value) {
        table.row(name, value.apply(ours), value.apply(rival));
    }

    private void regions(List<Region> regions) {
        title("The heap's regions of 2 MiB with all functions live");
        for (Region region : regions) {
            line("  %3d |%s| %s%s".formatted(region.index(), bar(region.fill()), region.backing(),
                    region.huge() ? ", one 2 MiB page in each view" : ""));
        }
    }

    private static String bar(List<Integer> fill) {
        String shades = "UTF-8".equals(System.getProperty("stdout.encoding")) ? SHADES_UNICODE : SHADES_ASCII;
        StringBuilder bar = new StringBuilder();
        for (int percent : fill) {
            // Rounded up: only an empty part looks empty.
            bar.append(shades.charAt(Math.ceilDiv(percent * (shades.length() - 1), 100)));
        }
        return bar.toString();
    }

    private void verdict(DemoResult result) {
        if (result.holds()) {
            line(colored("@|bold,green All of it holds.|@")
                    + " A function costs %s instead of %s, and no mapping.".formatted(
                            nanos(result.ours().nanosPerFunction()), nanos(result.rival().nanosPerFunction())));
        } else if (!result.hugePages()) {
            line(colored("@|bold,red No huge pages.|@")
                    + " The code runs, but this heap got small pages only; 'ashlar doctor' says what would help.");
        } else {
            line(colored("@|bold,red Not all of it holds.|@") + " 'ashlar doctor' examines the host.");
        }
    }
}
