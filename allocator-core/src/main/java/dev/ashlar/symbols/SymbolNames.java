package dev.ashlar.symbols;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of symbols in an ELF image: each once, one after the other, each ended by NUL. When the room is used up, a
 * further name is replaced by that of an unnamed block.
 *
 * <p>Thread-safe; a name that is there takes no lock.
 */
final class SymbolNames {
    /** Room for some hundred thousand names. */
    static final int BYTE_SIZE = 4 << 20;

    private final MemorySegment area;
    private final Map<String, Integer> places = new ConcurrentHashMap<>();
    private final int live;
    private final int freed;
    /** Guarded by this object's monitor. */
    private int end;

    /**
     * Uses an area of zeros.
     *
     * @param start where names may begin in it: after those of sections
     */
    SymbolNames(MemorySegment area, int start, String heapName) {
        this.area = area;
        this.end = start;
        this.live = of(heapName + "_block");
        this.freed = of(heapName + "_freed");
    }

    /** {@return the name of live blocks that have none} */
    int live() {
        return live;
    }

    /** {@return the name of freed blocks that had none} */
    int freed() {
        return freed;
    }

    /** {@return where a name lies} */
    int of(String name) {
        Integer place = places.get(name);
        return place != null ? place : add(name);
    }

    private synchronized int add(String name) {
        Integer place = places.get(name);
        if (place != null) {
            return place;
        }
        byte[] bytes = name.replace('\0', '?').getBytes(StandardCharsets.UTF_8);
        if (bytes.length + 1 > area.byteSize() - end) {
            return live;
        }
        int start = end;
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, area, start, bytes.length);
        places.put(name, start);
        end += bytes.length + 1;
        return start;
    }
}
