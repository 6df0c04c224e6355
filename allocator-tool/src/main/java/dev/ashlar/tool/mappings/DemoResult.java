package dev.ashlar.tool.mappings;

import dev.ashlar.tool.doctor.Host;
import java.util.List;

/**
 * The result of {@code ashlar demo}.
 *
 * @param host what the host offers
 * @param heap the heap that was built
 * @param calls calls of assembled functions
 * @param ours ten thousand functions in the heap
 * @param rival the same with a mapping for each function
 * @param regions the heap's regions while all functions were live
 * @param proofs the claims and whether they hold
 * @param hugePages whether the host provided huge pages at all
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

    /** {@return whether each claim holds} */
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
     * @param writePath how code is written
     * @param refusals what the host refused, a sentence each
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
     * @param arguments its arguments
     * @param result its result
     * @param expected the result it must have
     */
    public record Call(
            String function, int codeBytes, String address, List<Long> arguments, long result, long expected) {

        /** {@return whether the result is the expected one} */
        public boolean isRight() {
            return result == expected;
        }
    }

    /**
     * Ten thousand functions, made, called and freed.
     *
     * @param memory the memory in which they lie
     * @param functions how many
     * @param codeBytes bytes of all functions
     * @param vmasBefore VMAs of the process before the first
     * @param vmasLive while all are live
     * @param vmasHalfFreed after every other one was freed
     * @param vmasAfter after the others were freed too
     * @param mprotectCalls for one round of all functions
     * @param mappedBytes memory that holds them while all are live
     * @param hugeBytes bytes that the kernel maps by 2 MiB entries, in all views
     * @param wrongResults calls that did not return the function's number
     * @param firstNanosPerFunction time to make one in the first round, including the commit of memory
     * @param nanosPerFunction time to make and free one when memory is committed, median of rounds
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
            double nanosPerFunction) {

        Load withHugeBytes(long huge) {
            return new Load(memory, functions, codeBytes, vmasBefore, vmasLive, vmasHalfFreed, vmasAfter,
                    mprotectCalls, mappedBytes, huge, wrongResults, firstNanosPerFunction, nanosPerFunction);
        }
    }

    /**
     * A region of the heap.
     *
     * @param index its place in the span
     * @param backing where its memory comes from
     * @param huge whether both views are mapped by one 2 MiB entry each
     * @param fill how full each of its 64 parts is, in percent
     */
    public record Region(int index, String backing, boolean huge, List<Integer> fill) {}

    /**
     * A claim.
     *
     * @param claim the claim in words
     * @param holds whether it holds
     * @param evidence the figures
     */
    public record Proof(String claim, boolean holds, String evidence) {}
}
