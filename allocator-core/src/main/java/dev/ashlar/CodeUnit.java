package dev.ashlar;

import dev.ashlar.memory.ConstantPlacement;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.UnitSizes;
import dev.ashlar.report.BlockStateException;
import dev.ashlar.report.HeapClosedException;
import dev.ashlar.report.WritePathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The memory of one compilation unit: code, read-only data, writable data, each in a zone of the same span and so
 * within reach of each other by a 32-bit displacement. Written, published and freed as one.
 *
 * <pre>
 *   writable --publish()--&gt; published --free()--&gt; freed
 *   writable --free()--&gt; freed
 * </pre>
 *
 * <p>Lifetime and promises are those of {@link CodeBlock}. All methods may be called by any thread.
 */
public final class CodeUnit {
    private final List<UnitPart> parts = new ArrayList<>();
    private boolean published;
    private boolean freed;

    private CodeUnit() {}

    static CodeUnit allocate(HeapZones zones, ConstantPlacement constants, UnitSizes sizes) {
        CodeUnit unit = new CodeUnit();
        Domain ofConstants = constants.domain();
        try {
            unit.add(zones, Domain.CODE, Domain.CODE, sizes.codeByteSize(), sizes.byteAlignment());
            unit.add(zones, Domain.RODATA, ofConstants, sizes.constantByteSize(), sizes.byteAlignment());
            unit.add(zones, Domain.DATA, Domain.DATA, sizes.dataByteSize(), sizes.byteAlignment());
        } catch (RuntimeException | Error e) {
            unit.parts.forEach(UnitPart::free);
            throw e;
        }
        return unit;
    }

    private void add(HeapZones zones, Domain domain, Domain zone, long byteSize, long byteAlignment) {
        if (byteSize > 0) {
            parts.add(new UnitPart(this, zones, domain, zones.of(zone), byteSize, byteAlignment));
        }
    }

    /** {@return the code} */
    public UnitPart code() {
        return parts.getFirst();
    }

    /** {@return the read-only data; empty where none was asked for} */
    public Optional<UnitPart> constants() {
        return part(Domain.RODATA);
    }

    /** {@return the writable data; empty where none was asked for} */
    public Optional<UnitPart> data() {
        return part(Domain.DATA);
    }

    private Optional<UnitPart> part(Domain domain) {
        return parts.stream().filter(part -> part.domain() == domain).findFirst();
    }

    /**
     * Makes the code callable by every thread that gets to know of it through a properly published reference; from now
     * on neither it nor the constants can be written.
     *
     * @throws BlockStateException if the unit is published already, or freed
     * @throws WritePathException if the kernel refused, on write paths other than ALIAS; the unit is to be freed then
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized void publish() {
        require(true, "publish()");
        // Code last: what it reads must be there before it can run.
        for (UnitPart part : parts.reversed()) {
            part.publish();
        }
        published = true;
        // Not before: until all parts are published each can be written, and what is published never.
        parts.forEach(UnitPart::endStaging);
    }

    /**
     * Frees all parts. The caller promises that no thread runs in the code or touches the rest.
     *
     * @throws BlockStateException if the unit is freed already
     * @throws HeapClosedException if the heap is closed
     */
    public synchronized void free() {
        code().address();
        if (freed) {
            throw HeapErrors.unit("free()", "freed", "not freed");
        }
        freed = true;
        parts.forEach(UnitPart::free);
    }

    /** {@return whether {@link #publish()} was called and {@link #free()} was not} */
    public synchronized boolean isPublished() {
        return published && !freed;
    }

    synchronized void require(boolean isUnpublished, String action) {
        code().address();
        if (freed || (isUnpublished && published)) {
            throw HeapErrors.unit(action, freed ? "freed" : "published", "writable");
        }
    }

    synchronized void requirePublished(String action) {
        code().address();
        if (freed || !published) {
            throw HeapErrors.unit(action, freed ? "freed" : "writable", "published");
        }
    }
}
