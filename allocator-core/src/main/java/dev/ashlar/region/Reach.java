package dev.ashlar.region;

import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses at which a span may lie.
 *
 * @param start the first address
 * @param end the address behind the last; not above {@code start} if no address meets all demands
 * @param targets the addresses that everything in the span reaches by rel32, and back
 */
public record Reach(long start, long end, List<Long> targets) {
    /** A rel32 spans 2^31 bytes either way; the margin leaves room for the instruction and the target's own size. */
    static final long BYTE_SIZE = (1L << 31) - (1L << 16);

    /** The end of the 47 bits that x86-64 gives to user space by default; libraries lie just below. */
    private static final long USER_SPACE_END = 0x7fff_ffff_f000L;

    /** No demand. */
    public static final Reach ANYWHERE = new Reach(Region.BYTE_SIZE, USER_SPACE_END, List.of());

    /** Makes the list unchangeable. */
    public Reach {
        targets = List.copyOf(targets);
    }

    /** {@return the addresses of these from which a target is reached} */
    public Reach to(long target) {
        long targetEnd = Math.min(target, USER_SPACE_END - BYTE_SIZE) + BYTE_SIZE;
        return new Reach(Math.max(start, target - BYTE_SIZE), Math.min(end, targetEnd),
                Stream.concat(targets.stream(), Stream.of(target)).toList());
    }

    /** {@return those of these addresses that lie below a limit} */
    public Reach below(long limit) {
        return new Reach(start, Math.min(end, limit), targets);
    }

    boolean holds(long byteSize) {
        return end - start >= byteSize;
    }
}
