package dev.ashlar.tool.demo;

import dev.ashlar.report.HeapAudit;
import dev.ashlar.tool.demo.DemoResult.Call;
import dev.ashlar.tool.demo.DemoResult.Load;
import dev.ashlar.tool.demo.DemoResult.Proof;
import java.util.List;

/** Holds what was claimed against what was seen. */
final class Proofs {

    /** One VMA for each view and region at most, and what a commit may cut the reservations around them into. */
    private static final int VIEW_COUNT = 2;
    private static final int HOLE_COUNT = 2;

    private Proofs() {}

    static List<Proof> of(List<Call> calls, Load ours, HeapAudit built, HeapWitness witness, HeapAudit last) {
        HeapAudit live = witness.allLive();
        HeapAudit half = witness.halfFreed();
        int regions = live.regions().size();
        long right = calls.stream().filter(Call::isRight).count();
        int wrongPermissions = live.writableAndExecutable().size() + live.misplaced().size()
                + last.writableAndExecutable().size() + last.misplaced().size();
        return List.of(
                new Proof("the code runs", right == calls.size() && ours.wrongResults() == 0,
                        "%d of %d calls and %,d of %,d functions returned what they must".formatted(
                                right, calls.size(), ours.functions() - ours.wrongResults(), ours.functions())),
                new Proof("no permission ever changes", ours.mprotectCalls() == 0,
                        "%d mprotect calls for %,d functions".formatted(ours.mprotectCalls(), ours.functions())),
                new Proof("mappings follow regions, not functions",
                        live.vmaCount() <= built.vmaCount() + VIEW_COUNT * regions + HOLE_COUNT
                                && half.vmaCount() == live.vmaCount(),
                        "%d VMAs when built, %d for %,d functions in %d regions, %d with every other one freed"
                                .formatted(built.vmaCount(), live.vmaCount(), ours.functions(), regions,
                                        half.vmaCount())),
                new Proof("all of it is mapped by huge pages",
                        live.intendedHugeByteSize() > 0 && live.hugeByteSize() >= live.intendedHugeByteSize(),
                        "%,d of %,d bytes in both views are PMD-mapped (%s)".formatted(live.hugeByteSize(),
                                live.intendedHugeByteSize(), live.source())),
                new Proof("no huge mapping was split", last.pmdSplitCount() == 0,
                        last.pmdSplitCount() + " splits, freeing included"),
                new Proof("nothing is writable and executable", wrongPermissions == 0,
                        wrongPermissions + " mappings with other permissions than they must have"));
    }
}
