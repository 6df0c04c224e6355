package dev.ashlar.bench.suite;

import dev.ashlar.tool.child.ChildResult;

/** The result of one process: its figures and notes, or why it failed. The round is counted from 0. */
public record Sample(String experiment, String contender, int round, ChildResult result) {}
