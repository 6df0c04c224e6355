package dev.ashlar.management;

import dev.ashlar.heap.Auditing;
import dev.ashlar.heap.Snapshots;
import dev.ashlar.heap.Zones;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Refusal;
import dev.ashlar.memory.WritePath;
import dev.ashlar.report.AshlarException;
import dev.ashlar.report.HeapAudit;
import dev.ashlar.report.HeapMXBean;
import dev.ashlar.report.HeapReport;
import dev.ashlar.report.HeapStats;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;

/** One heap, which this does not keep reachable. Thread-safe. */
final class HeapBean implements HeapMXBean {
    private final String name;
    private final WeakReference<Zones> heap;
    private final List<Refusal> buildRefusals;

    HeapBean(Zones zones, List<Refusal> buildRefusals) {
        this.name = zones.name();
        this.heap = new WeakReference<>(zones);
        this.buildRefusals = buildRefusals;
    }

    /** {@return what {@code reading} finds} Clients may lack the exceptions of this module. */
    private <T> T read(Function<Zones, T> reading) {
        Zones zones = heap.get();
        if (zones == null) {
            throw new IllegalStateException("heap " + name + " was dropped");
        }
        try {
            return reading.apply(zones);
        } catch (AshlarException ended) {
            throw new IllegalStateException(ended.getMessage());
        }
    }

    private HeapReport report() {
        return read(zones -> Snapshots.report(zones, buildRefusals));
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getDomain() {
        return report().domain().toString();
    }

    @Override
    @NullUnmarked // JMX shows what is absent as null.
    public String getWritePath() {
        return report().writePath().map(WritePath::toString).orElse(null);
    }

    @Override
    public List<String> getBackings() {
        return report().backings().stream().map(Backing::label).toList();
    }

    @Override
    public List<String> getRefusals() {
        return report().refusals().stream().map(Refusal::describe).toList();
    }

    @Override
    public long getCapacityByteSize() {
        return report().capacityByteSize();
    }

    @Override
    public long getCommittedByteSize() {
        return getStats().committedByteSize();
    }

    @Override
    public long getLiveByteSize() {
        return getStats().liveByteSize();
    }

    @Override
    public long getLiveBlockCount() {
        return getStats().liveBlockCount();
    }

    @Override
    public HeapStats getStats() {
        return read(Snapshots::stats);
    }

    @Override
    public String getReport() {
        return report().describe();
    }

    @Override
    public Audit audit() {
        HeapAudit audit = read(Auditing::audit);
        int splitCount = (int) audit.regions().stream().filter(region -> !region.isAsIntended()).count();
        return new Audit(
                audit.isSafe(),
                audit.isHuge(),
                audit.regions().size(),
                splitCount,
                audit.intendedHugeByteSize(),
                audit.hugeByteSize(),
                audit.vmaCount(),
                Stream.concat(audit.writableAndExecutable().stream(), audit.misplaced().stream())
                        .distinct()
                        .toList());
    }
}
