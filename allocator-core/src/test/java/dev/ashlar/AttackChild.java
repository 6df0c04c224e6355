package dev.ashlar;

import dev.ashlar.memory.Hardening;
import dev.ashlar.memory.MemoryDemand;
import dev.ashlar.report.HeapAudit;
import java.util.Locale;

/**
 * Tries every {@link Attack} on a heap of its own, in a JVM that an attack may ruin. Arguments: the memory and the
 * hardening. Prints a line for each attack: its result, and the finding of the audit afterwards.
 */
final class AttackChild {

    private AttackChild() {}

    public static void main(String[] arguments) {
        MemoryDemand memory = MemoryDemand.valueOf(arguments[0]);
        Hardening level = Hardening.valueOf(arguments[1]);
        int probe = AttackedHeap.build(memory, Hardening.NONE, "probe").openMapFile();
        System.out.println("MAP_FILES " + (probe < 0 ? "no" : "yes"));
        for (Attack attack : Attack.values()) {
            AttackedHeap victim =
                    AttackedHeap.build(memory, level, attack.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            if (!victim.isIntact()) {
                throw new AssertionError("not intact before: " + attack + ": " + victim.heap().audit());
            }
            String result = attack.on(victim);
            System.out.println(attack + " " + result + " " + stateOf(victim, attack, result));
        }
    }

    private static String stateOf(AttackedHeap victim, Attack attack, String result) {
        boolean ruined = result.equals("done") && attack.trace() != Attack.Trace.NONE;
        if (!ruined) {
            return victim.isIntact() ? "intact" : "not-intact";
        }
        if (attack.trace() == Attack.Trace.FATAL) {
            return "fatal";
        }
        HeapAudit audit = victim.heap().audit();
        return audit.isClean() || audit.misplaced().isEmpty() ? "unseen" : "named";
    }
}
