package dev.ashlar.nativetable;

/**
 * The functions of the table, as native code calls them. They do not depend on a heap, so one set serves all tables.
 * None throws, as long as the stack has the room that the header demands.
 */
final class TableFunctions {
    private TableFunctions() {}

    static int allocate(long heap, long byteSize, long byteAlignment, long result) {
        try {
            OpenTables.of(heap).allocate(byteSize, byteAlignment, result);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static int allocateNear(long heap, long byteSize, long byteAlignment, long target, long result) {
        try {
            OpenTables.of(heap).allocateNear(byteSize, byteAlignment, target, result);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static int allocateBlocks(long heap, long byteSize, long byteAlignment, long count, long results) {
        try {
            OpenTables.of(heap).allocateBlocks(byteSize, byteAlignment, count, results);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static int publish(long heap, long address, long name) {
        try {
            OpenTables.of(heap).publish(address, name);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static int shrink(long heap, long address, long byteSize) {
        try {
            OpenTables.of(heap).shrink(address, byteSize);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static int freeBlock(long heap, long address) {
        try {
            OpenTables.of(heap).free(address);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static int freeBlocks(long heap, long addresses, long count) {
        try {
            OpenTables.of(heap).freeBlocks(addresses, count);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static int allocateUnit(long heap, long sizes, long result) {
        try {
            OpenTables.of(heap).allocateUnit(sizes, result);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static int publishUnit(long heap, long unit, long name) {
        try {
            OpenTables.of(heap).publishUnit(unit, name);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static int freeUnit(long heap, long unit) {
        try {
            OpenTables.of(heap).freeUnit(unit);
            return 0;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    static long lastError(long buffer, long byteSize) {
        try {
            return LastFailure.write(buffer, byteSize);
        } catch (Throwable e) {
            return 0;
        }
    }

    /** {@return the code of what was thrown, which is kept for the thread if it can be} */
    static int failed(Throwable thrown) {
        try {
            LastFailure.keep(thrown);
        } catch (Throwable unkept) {
            // The code says enough.
        }
        return Status.of(thrown).code();
    }
}
