package dev.ashlar.tool.doctor;

import java.util.Optional;

/**
 * One backing, tried with its own heap.
 *
 * @param backing the backing's name
 * @param usable whether a function ran in it, or data was kept there, and the kernel maps it as intended
 * @param detail what happened, in a sentence
 * @param fix the command that would make it usable; empty if it is
 * @param hugeBytes bytes that the kernel maps by 2 MiB entries, in all views
 * @param intendedHugeBytes bytes that it should map so
 */
public record Rung(
        String backing,
        boolean usable,
        String detail,
        Optional<String> fix,
        long hugeBytes,
        long intendedHugeBytes) {}
