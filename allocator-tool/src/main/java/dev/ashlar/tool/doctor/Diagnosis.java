package dev.ashlar.tool.doctor;

import java.util.List;
import java.util.Optional;

/**
 * The findings about a host, as its JSON has them. Lists begin with the best.
 *
 * @param memfd checks of memory files
 * @param rungs the backings for code on the write path ALIAS
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

    /**
     * One thing that was tried.
     *
     * @param ok whether it works as a heap needs it
     */
    public record Check(String name, boolean ok, String detail) {}

    /**
     * One backing, tried with its own heap.
     *
     * @param usable whether the memory could be used and the kernel maps it as intended
     * @param fix the command that would make it usable; empty if it is
     * @param hugeBytes bytes that the kernel maps by 2 MiB entries, in all views
     * @param intendedHugeBytes bytes that it should map by 2 MiB entries
     */
    public record Rung(
            String backing,
            boolean usable,
            String detail,
            Optional<String> fix,
            long hugeBytes,
            long intendedHugeBytes) {}
}
