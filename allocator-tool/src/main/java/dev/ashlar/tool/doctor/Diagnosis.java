package dev.ashlar.tool.doctor;

import java.util.List;

/**
 * The findings about a host.
 *
 * @param host its settings and limits
 * @param memfd checks of memory files
 * @param rungs the backings for code on the write path ALIAS, best first
 * @param writePaths the write paths, best first
 * @param dataRungs the backings for data, best first
 * @param secret the backing for secrets
 * @param usable whether code can be written by at least one path
 * @param advice what a heap uses here, and how it gets huge pages if it does not by default
 */
public record Diagnosis(
        Host host,
        List<Check> memfd,
        List<Rung> rungs,
        List<Check> writePaths,
        List<Rung> dataRungs,
        Rung secret,
        boolean usable,
        String advice) {

    /** Copies the lists. */
    public Diagnosis {
        memfd = List.copyOf(memfd);
        rungs = List.copyOf(rungs);
        writePaths = List.copyOf(writePaths);
        dataRungs = List.copyOf(dataRungs);
    }
}
