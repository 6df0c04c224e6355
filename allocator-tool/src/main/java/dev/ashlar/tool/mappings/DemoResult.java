package dev.ashlar.tool.demo;

import dev.ashlar.tool.doctor.Host;
import java.util.List;

/**
 * What the demo saw.
 *
 * @param host what the host offers
 * @param heap the heap that was built
 * @param calls calls of assembled functions
 * @param ours ten thousand functions in the heap
 * @param rival the same with a mapping for each function
 * @param regions the heap's regions while all functions were live
 * @param proofs what was to be shown, and whether it holds
 * @param hugePages whether the host gave huge pages at all
 */
public record DemoResult(
        Host host,
        Heap heap,
        List<Call> calls,
        Load ours,
        Load rival,
        List<Region> regions,
        List<Proof> proofs,
        boolean hugePages) {

    /** Copies the lists, so that a result never changes. */
    public DemoResult {
        calls = List.copyOf(calls);
        regions = List.copyOf(regions);
        proofs = List.copyOf(proofs);
    }

    /** {@return whether everything that was to be shown holds} */
    public boolean holds() {
        return proofs.stream().allMatch(Proof::holds);
    }

    /**
     * The heap of the demo.
     *
     * @param capacityBytes address space of one view
     * @param executableAddress where code runs
     * @param writableAddress where the same memory is written
     * @param backing the backings in use, joined by a plus sign
     * @param writePath how code gets in
     * @param refusals what the host did not give, a sentence each
     */
    public record Heap(
            long capacityBytes,
            String executableAddress,
            String writableAddress,
            String backing,
            String writePath,
            List<String> refusals) {}

    /**
     * A call of an assembled function.
     *
     * @param function its name
     * @param codeBytes bytes of its code
     * @param address where it ran
     * @param arguments what it was given
     * @param result what came back
     * @param expected what had to
     */
    public record Call(
            String function, int codeBytes, String address, List<Long> arguments, long result, long expected) {

        /** {@return whether the result is the expected one} */
        public boolean isRight() {
            return result == expected;
        }
    }

    /**
     * Many functions made, called and freed in one kind of memory.
     *
     * @param memory the kind
     * @param functions how many
     * @param codeBytes bytes of all of them
     * @param vmasBefore VMAs of the process before the first
     * @param vmasLive while all are live
     * @param vmasHalfFreed after every other one was freed
     * @param vmasAfter after the others were freed too
     * @param mprotectCalls for one round of all functions
     * @param mappedBytes memory that holds them while all are live
     * @param hugeBytes what the kernel maps of it by 2 MiB entries, all views counted
     * @param wrongResults functions that did not return their number
     * @param firstNanosPerFunction time to make one in the first round, memory being got on the way
     * @param nanosPerFunction time to make and free one once memory is there, median over rounds
     */
    public record Load(
            String memory,
            int functions,
            long codeBytes,
            int vmasBefore,
            int vmasLive,
            int vmasHalfFreed,
            int vmasAfter,
            long mprotectCalls,
            long mappedBytes,
            long hugeBytes,
            int wrongResults,
            double firstNanosPerFunction,
            double nanosPerFunction) {}

    /**
     * A region of the heap.
     *
     * @param index its place in the span
     * @param backing where its memory comes from
     * @param huge whether both views are mapped by one 2 MiB entry each
     * @param fill how full each of its parts is, in percent
     */
    public record Region(int index, String backing, boolean huge, List<Integer> fill) {}

    /**
     * Something that was to be shown.
     *
     * @param claim in words
     * @param holds whether it was seen
     * @param evidence the figures
     */
    public record Proof(String claim, boolean holds, String evidence) {}
}
