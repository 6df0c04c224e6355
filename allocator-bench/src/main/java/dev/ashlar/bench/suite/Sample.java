package dev.ashlar.bench.suite;

import dev.ashlar.tool.child.ChildResult;

/**
 * The result of one process.
 *
 * @param experiment the id of the experiment
 * @param contender the name of the contender
 * @param round counted from 0
 * @param result the figures and notes, or the reason of a failure
 */
public record Sample(String experiment, String contender, int round, ChildResult result) {}
