package dev.ashlar.slab;

import java.util.ArrayList;
import java.util.List;

/** Records each erased range, and runs a check of the test during the call. */
final class RecordingEraser implements Eraser {
    record Extent(long offset, long byteSize) {}

    private final List<Extent> extents = new ArrayList<>();
    private Eraser whileErasing = NONE;

    /** Sets the check to run during each call, when nothing may be marked free yet. */
    void whileErasing(Eraser check) {
        whileErasing = check;
    }

    @Override
    public void erase(long offset, long byteSize) {
        if (byteSize > 0) {
            whileErasing.erase(offset, byteSize);
            extents.add(new Extent(offset, byteSize));
        }
    }

    /** {@return the ranges erased since the last call of this method} */
    List<Extent> take() {
        List<Extent> taken = List.copyOf(extents);
        extents.clear();
        return taken;
    }
}
