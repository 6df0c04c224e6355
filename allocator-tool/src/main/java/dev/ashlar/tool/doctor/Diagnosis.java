package dev.ashlar.tool.doctor;

import java.util.List;

/**
 * Everything found.
 *
 * @param host what the host says
 * @param memfd what was tried with memory files
 * @param rungs the backings for code on the write path ALIAS, best first
 * @param writePaths ways to write code, best first
 * @param dataRungs the backings for data, best first
 * @param secret memory for secrets
 * @param usable whether code can be written in at least one way
 */
public record Diagnosis(
        Host host,
        List<Check> memfd,
        List<Rung> rungs,
        List<Check> writePaths,
        List<Rung> dataRungs,
        Rung secret,
        boolean usable) {

    /** Copies the lists, so that a diagnosis never changes. */
    public Diagnosis {
        memfd = List.copyOf(memfd);
        rungs = List.copyOf(rungs);
        writePaths = List.copyOf(writePaths);
        dataRungs = List.copyOf(dataRungs);
    }
}
