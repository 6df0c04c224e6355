package dev.ashlar.bench.jmh;

import dev.ashlar.bench.code.ConstantFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The code that a compiler would have produced: a function that returns a number, filled up to a method's size. */
@State(Scope.Thread)
public class CodeSource {

    @Param({"256", "1024"})
    long codeByteSize;

    @SuppressWarnings("NullAway.Init") // Set by generate(), which JMH calls first.
    private MemorySegment code;

    /** Writes the code. */
    @Setup(Level.Trial)
    public void generate() {
        code = Arena.ofAuto().allocate(codeByteSize);
        code.fill((byte) 0xcc);
        ConstantFunction.write(code, 42);
    }

    MemorySegment code() {
        return code;
    }
}
