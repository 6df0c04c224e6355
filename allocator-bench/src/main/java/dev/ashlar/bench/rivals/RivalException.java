package dev.ashlar.bench.rivals;

/** The kernel refused a rival what it asked for; at {@code vm.max_map_count} live functions, for example. */
public final class RivalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RivalException(String call, String error) {
        super(call + " failed: " + error);
    }
}
