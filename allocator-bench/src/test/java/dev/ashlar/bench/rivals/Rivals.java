package dev.ashlar.bench.rivals;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.ashlar.tool.memory.BlockMemory;

/** Opens rivals for tests; where one is not on this host, the test is skipped with the reason. */
final class Rivals {

    private Rivals() {}

    static BlockMemory open(CodeRival rival) {
        try {
            return rival.open();
        } catch (RivalUnavailableException e) {
            return abort(e.getMessage());
        }
    }

    static DataMemory open(DataRival rival, int slotCount) {
        try {
            return rival.open(slotCount);
        } catch (RivalUnavailableException e) {
            return abort(e.getMessage());
        }
    }
}
