package dev.ashlar.tool.replay;

/**
 * Maps the ids of a trace to object numbers: a hash table of primitives with open addressing, because a trace may hold
 * millions of ids and a map of boxed ones would take longer to build than the trace to replay.
 */
final class IdTable {

    /** Marks a free slot; object numbers are stored plus one, so that a fresh array is an empty table. */
    private static final int FREE = 0;

    private long[] ids = new long[1024];
    private int[] objects = new int[ids.length];
    private int size;

    /** {@return the object of an id, or -1} */
    int get(long id) {
        return objects[slot(id)] - 1;
    }

    /** Enters an id that is not in the table. */
    void put(long id, int object) {
        assert object >= 0 : "object=" + object;
        assert get(id) < 0 : "id=" + id;
        if (size >= ids.length / 2) {
            grow();
        }
        int slot = slot(id);
        ids[slot] = id;
        objects[slot] = object + 1;
        size++;
    }

    private int slot(long id) {
        int mask = ids.length - 1;
        int slot = (int) Pattern.mix(id) & mask;
        while (objects[slot] != FREE && ids[slot] != id) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldIds = ids;
        int[] oldObjects = objects;
        ids = new long[Math.multiplyExact(oldIds.length, 2)];
        objects = new int[ids.length];
        for (int old = 0; old < oldIds.length; old++) {
            if (oldObjects[old] != FREE) {
                int slot = slot(oldIds[old]);
                ids[slot] = oldIds[old];
                objects[slot] = oldObjects[old];
            }
        }
    }
}
