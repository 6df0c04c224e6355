package dev.ashlar.tool.doctor;

/**
 * One thing that was tried.
 *
 * @param name what was tried
 * @param ok whether it works as a heap needs it
 * @param detail the result in words
 */
public record Check(String name, boolean ok, String detail) {}
