package dev.ashlar;

import java.util.List;

/** The input of a fuzz target, read as a list of choices. At its end, every choice is the first. */
final class Script {
    private final byte[] bytes;
    private int position;

    Script(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isAtEnd() {
        return position >= bytes.length;
    }

    /** {@return a number from 0 to {@code count - 1}} */
    int below(int count) {
        return isAtEnd() ? 0 : (bytes[position++] & 0xff) % count;
    }

    boolean isChosen() {
        return below(2) == 1;
    }

    <T> T oneOf(List<T> things) {
        return things.get(below(things.size()));
    }

    /** {@return any number, often one at which a comparison may change its result} */
    long number() {
        return switch (below(8)) {
            case 0 -> below(256);
            case 1 -> -below(256);
            case 2 -> below(256) << 8 | below(256);
            case 3 -> (1L << below(64)) + below(5) - 2;
            case 4 -> Long.MAX_VALUE - below(256);
            case 5 -> Long.MIN_VALUE + below(256);
            case 6 -> (long) below(256) << 12;
            default -> {
                long number = 0;
                for (int index = 0; index < Long.BYTES; index++) {
                    number = number << Byte.SIZE | below(256);
                }
                yield number;
            }
        };
    }

    /** {@return mostly a size that a heap can serve} */
    long size() {
        return switch (below(4)) {
            case 0, 1 -> 1 + below(256);
            case 2 -> 1 + (below(256) << 8 | below(256));
            default -> number();
        };
    }

    /** {@return mostly an alignment that a heap can serve} */
    long alignment() {
        return isChosen() ? 1L << below(22) : number();
    }
}
