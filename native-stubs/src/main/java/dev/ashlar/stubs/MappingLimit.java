package dev.ashlar.stubs;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How many mappings this process has and may have.
 *
 * @param count mappings now; 0 if they cannot be read
 * @param max {@code vm.max_map_count}; {@link Integer#MAX_VALUE} if it cannot be read
 */
public record MappingLimit(int count, int max) {

    private static final Path MAX = Path.of("/proc/sys/vm/max_map_count");
    private static final Path MAPS = Path.of("/proc/self/maps");
    /** A refused call may have needed two more mappings, and other threads map as well. */
    private static final int MARGIN = 64;

    /** {@return the state now; reading it takes time in proportion to the mappings} */
    public static MappingLimit read() {
        long max = KernelFile.text(MAX).map(KernelFile::number).orElse(OptionalLong.empty()).orElse(Integer.MAX_VALUE);
        int count = 0;
        for (byte character : KernelFile.bytes(MAPS).orElseGet(() -> new byte[0])) {
            count += character == '\n' ? 1 : 0;
        }
        return new MappingLimit(count, (int) Math.min(max, Integer.MAX_VALUE));
    }

    /** {@return whether the limit is so near that it explains a refusal} */
    public boolean isNear() {
        return count > max - MARGIN;
    }
}
