package dev.ashlar.tool.doctor;

/**
 * One thing that was tried.
 *
 * @param name what was tried
 * @param ok whether it went as a heap needs or hopes
 * @param detail what came back
 */
public record Check(String name, boolean ok, String detail) {}
