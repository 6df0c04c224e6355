package dev.ashlar.tool.mappings;

import dev.ashlar.tool.doctor.Host;
import java.util.List;

/**
 * The result of {@code ashlar demo}, as its JSON has it.
 *
 * @param calls calls of assembled functions
 * @param ours ten thousand functions in the heap
 * @param rival the same with a mapping for each function
 * @param regions the heap's regions while all functions were live
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
     * @param refusals what the host refused, a sentence each
     */
    public record Heap(
            long capacityBytes,
            String executableAddress,
            String writableAddress,
            String backing,
            String writePath,
            List<String> refusals) {}

    /** A call of an assembled function, with the result that it must have. */
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
     * @param codeBytes bytes of all functions
     * @param vmasBefore VMAs of the process before the first
     * @param vmasHalfFreed after every other one was freed
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
            double nanosPerFunction) {}

    /**
     * A region of the heap.
     *
     * @param huge whether both views are mapped by one 2 MiB entry each
     * @param fill how full each of its 64 parts is, in percent
     */
    public record Region(int index, String backing, boolean huge, List<Integer> fill) {}

    /** A claim and the figures that prove it or do not. */
    public record Proof(String claim, boolean holds, String evidence) {}
}
