package dev.ashlar.bench.doctor;

import java.util.List;

/**
 * Everything found.
 *
 * @param host what the host says
 * @param memfd what was tried with memory files
 * @param rungs the backings, best first
 * @param usable whether at least one of them is
 */
public record Diagnosis(Host host, List<Check> memfd, List<Rung> rungs, boolean usable) {

    /** Copies the lists, so that a diagnosis never changes. */
    public Diagnosis {
        memfd = List.copyOf(memfd);
        rungs = List.copyOf(rungs);
    }
}
