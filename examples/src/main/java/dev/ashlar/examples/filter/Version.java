package dev.ashlar.examples.filter;

import dev.ashlar.CodeBlock;
import dev.ashlar.CodeUnit;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A version of a filter that can be called. */
sealed interface Version {
    /** {@code int filter(void **columns, int rowCount, int *selection)}, which returns the number of selected rows. */
    FunctionDescriptor FUNCTION = FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);

    /** {@return how good it is} */
    Tier tier();

    /** {@return where calls enter it} */
    long address();

    /**
     * A call back into Java.
     *
     * @param stub the code that calls Java; it lives as long as its arena
     * @param life the arena, which is closed when no thread runs the stub
     */
    record Interpreted(MemorySegment stub, Arena life) implements Version {
        @Override
        public Tier tier() {
            return Tier.INTERPRETED;
        }

        @Override
        public long address() {
            return stub.address();
        }
    }

    /** A block: code alone. */
    record Scalar(CodeBlock block) implements Version {
        @Override
        public Tier tier() {
            return Tier.SCALAR;
        }

        @Override
        public long address() {
            return block.address();
        }
    }

    /** A unit: code with its constants. */
    record Vector(CodeUnit unit) implements Version {
        @Override
        public Tier tier() {
            return Tier.VECTOR;
        }

        @Override
        public long address() {
            return unit.code().address();
        }
    }
}
