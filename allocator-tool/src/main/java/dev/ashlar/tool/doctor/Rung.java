package dev.ashlar.tool.doctor;

import java.util.Optional;

/**
 * One backing of the ladder, tried with a heap of its own.
 *
 * @param backing the backing's name
 * @param usable whether a function ran in it, or data was kept there, and the kernel maps it as intended
 * @param detail what happened, in a sentence
 * @param fix the command that would make it usable; empty where it is
 * @param hugeBytes what the kernel maps by 2 MiB entries, all views counted
 * @param intendedHugeBytes what is meant to be
 */
public record Rung(
        String backing,
        boolean usable,
        String detail,
        Optional<String> fix,
        long hugeBytes,
        long intendedHugeBytes) {}
