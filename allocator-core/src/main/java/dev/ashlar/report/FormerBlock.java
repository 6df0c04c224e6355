package dev.ashlar.report;

import java.time.Duration;
import java.util.Optional;

/**
 * A block that was freed.
 *
 * @param address its first address
 * @param byteSize the bytes that it could use
 * @param name its name, if it had one
 * @param freedByThreadId {@link Thread#threadId} of the thread that freed it
 * @param age the time from the start of the free to the report
 */
public record FormerBlock(long address, long byteSize, Optional<String> name, long freedByThreadId, Duration age) {

    @Override
    public String toString() {
        return "a block of %,d bytes at 0x%x%s, freed %s ago by thread %d".formatted(byteSize, address,
                name.map(known -> ", \"" + known + "\"").orElse(""),
                age.toMillis() < 1000 ? age.toMillis() + " ms" : age.toSeconds() + " s", freedByThreadId);
    }
}
