package dev.ashlar.bench.rivals;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.ashlar.tool.memory.BlockMemory;

/** Opens rivals for tests; skips the test with the reason if a rival is not on this host. */
final class Rivals {

    private Rivals() {}

    static BlockMemory open(Rival rival, int slotCount) {
        try {
            return rival.open(slotCount);
        } catch (RivalUnavailableException unavailable) {
            return abort(unavailable.getMessage());
        }
    }
}
