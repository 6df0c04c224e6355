package dev.ashlar.tool.replay;

import dev.ashlar.stubs.FaultScript;
import java.util.List;

/**
 * The result of a replay with faults. Names and meanings are those of the JSON that the command prints.
 *
 * @param allocations in the pass with faults, tried by all threads and copies
 * @param refused allocations of this pass that ended in a typed error
 * @param refusals the different errors of this pass, the build of the heap included, each with its type
 * @param rules what each rule of the script did
 * @param backing the backings in use after the faults
 * @param violations what must not be: other errors, wrong contents, a heap that does not work after the faults,
 *     mappings that break W^X or the heap's own layout, and what is left after the heap's end; empty if all is well
 */
public record FaultReplayResult(
        String file,
        String script,
        long allocations,
        long refused,
        List<String> refusals,
        List<FaultScript.Outcome> rules,
        String backing,
        String writePath,
        List<String> violations) {}
