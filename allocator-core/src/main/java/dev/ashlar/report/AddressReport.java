package dev.ashlar.report;

import dev.ashlar.memory.Access;
import dev.ashlar.memory.Domain;
import java.util.Optional;

/** What lies at an address, as the heap's bookkeeping has it. As text, each is a sentence. */
public sealed interface AddressReport {
    /** {@return the address that was asked about} */
    long address();

    /**
     * A byte of a live block.
     *
     * @param address the address that was asked about
     * @param domain what its memory is for
     * @param view what the pages allow at this address when they are published: code on ALIAS can also be reached
     *     where it is written
     * @param blockAddress the block's first address in this view
     * @param blockByteSize the bytes that the block may use
     * @param name the name of the block, or of the part of a batch, to which the byte belongs; empty if it has none
     */
    record LiveBlock(
            long address, Domain domain, Access view, long blockAddress, long blockByteSize, Optional<String> name)
            implements AddressReport {
        @Override
        public String toString() {
            return "0x%x is byte %,d of a live block of %s at 0x%x%s, %,d bytes, %s".formatted(address,
                    address - blockAddress, domain, blockAddress,
                    name.map(known -> ", \"" + known + "\"").orElse(""), blockByteSize, view);
        }
    }

    /**
     * Memory of the heap that no live block has.
     *
     * @param address the address that was asked about
     * @param domain what its memory is for
     * @param view what the pages allow at this address when they are published
     * @param lastBlock the block that was freed there last, if the heap keeps a history that goes back so far
     */
    record FreeMemory(long address, Domain domain, Access view, Optional<FormerBlock> lastBlock)
            implements AddressReport {
        @Override
        public String toString() {
            return "0x%x is free memory for %s".formatted(address, domain) + wasPartOf(lastBlock);
        }
    }

    /**
     * Address space of a zone that has no memory now: every access traps.
     *
     * @param address the address that was asked about
     * @param domain what it is reserved for
     * @param lastBlock the block that was freed there last, if the heap keeps a history that goes back so far
     */
    record NotCommitted(long address, Domain domain, Optional<FormerBlock> lastBlock) implements AddressReport {
        @Override
        public String toString() {
            return "0x%x is reserved for %s and has no memory".formatted(address, domain) + wasPartOf(lastBlock);
        }
    }

    /**
     * Address space between the zones, or of a zone that was never used: every access traps.
     *
     * @param address the address that was asked about
     */
    record Guard(long address) implements AddressReport {
        @Override
        public String toString() {
            return "0x%x is reserved by the heap and was never memory".formatted(address);
        }
    }

    /**
     * An address that does not belong to the heap.
     *
     * @param address the address that was asked about
     */
    record Elsewhere(long address) implements AddressReport {
        @Override
        public String toString() {
            return "0x%x does not belong to the heap".formatted(address);
        }
    }

    private static String wasPartOf(Optional<FormerBlock> lastBlock) {
        return lastBlock.map(block -> "; the last block there was " + block).orElse("");
    }
}
