package dev.ashlar.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import dev.ashlar.memory.Access;
import dev.ashlar.memory.Backing;
import dev.ashlar.memory.Domain;
import dev.ashlar.memory.WritePath;
import dev.ashlar.stubs.AddressRange;
import dev.ashlar.stubs.Libc;
import dev.ashlar.stubs.Linux;
import dev.ashlar.stubs.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Changes the regions of one zone at random, without a heap: calls the model of the kernel, records each change in a
 * ledger, and compares the ledger with the model and with an array of the pages.
 */
class LedgerModelTest {
    private static final int REGION_COUNT = 8;
    private static final long BYTE_SIZE = REGION_COUNT * Region.BYTE_SIZE;
    private static final int STEP_COUNT = 1000;
    private static final int FILE = 1_000_000;

    private final FakeKernel kernel = new FakeKernel(Libc.system());
    private final SystemCalls calls = kernel.calls();
    private final long base = reserve(calls);
    private final Model[] models = new Model[REGION_COUNT];
    private final LedgerCounts counts = new LedgerCounts();
    private View view = view(Access.READ, Access.WRITE);
    private Ledger ledger = ledger(Domain.RODATA, WritePath.IN_PLACE);
    private long now = 1;

    /** What must be known of a committed region. */
    private static final class Model {
        final Backing backing;
        final boolean[] published = new boolean[Pages.PER_REGION];
        boolean thin;
        boolean split;
        boolean stale;
        int splitCount;
        long splitSince;
        long lastChange;

        Model(Backing backing) {
            this.backing = backing;
        }

        int publishedPageCount() {
            return (int) IntStream.range(0, published.length).filter(page -> published[page]).count();
        }

        boolean isUniform() {
            return publishedPageCount() % published.length == 0;
        }

        boolean split(long now) {
            if (split || !backing.isHuge()) {
                return false;
            }
            split = true;
            splitSince = now;
            splitCount++;
            return true;
        }
    }

    private static long reserve(SystemCalls calls) {
        AddressSpace space = new AddressSpace(calls);
        space.keep();
        return new Placement(calls, space).reserveAnywhere(BYTE_SIZE);
    }

    private View view(Access access, Access initial) {
        return new View(calls, access, initial, base, BYTE_SIZE, Arena.ofAuto());
    }

    private Ledger ledger(Domain domain, WritePath path) {
        return ledger(zone(domain, path, List.of(view)));
    }

    private static Ledger ledger(Zone zone) {
        return new Ledger(zone, REGION_COUNT, new ZoneEvents(zone, "model"));
    }

    private static Zone zone(Domain domain, WritePath path, List<View> views) {
        return new Zone(new Span.Part(domain, path, BYTE_SIZE), views, views.getLast(), null);
    }

    @AfterEach
    void giveBack() {
        calls.munmap(base, BYTE_SIZE);
    }

    @Seeded
    void randomPublicationsAgreeWithAModelOfEveryPage(long seed) {
        Seeds.run(seed, STEP_COUNT, random -> {
            step(random, random.nextInt(60));
            compare(random);
            assertThat(kernel.hugeRegions(view)).isEqualTo(where(ledger::isHuge));
        });
    }

    /** In such a zone nothing is published, but pages lose their memory. */
    @Seeded
    void randomLossesOfPagesAgreeWithAModelOfEveryPage(long seed) {
        view = view(Access.WRITE, Access.WRITE);
        ledger = ledger(Domain.DATA, WritePath.IN_PLACE);
        Seeds.run(seed, STEP_COUNT, random -> {
            int kind = random.nextInt(60);
            step(random, kind < 8 ? kind : random.nextInt(47, 80));
            compare(random);
        });
    }

    private void step(SplittableRandom random, int kind) {
        int region = random.nextInt(REGION_COUNT);
        Model model = models[region];
        now += random.nextInt(1, 1000);
        if (kind >= 57 && kind < 60) {
            count(random);
        } else if (model == null) {
            commit(region, random);
        } else if (kind < 8) {
            release(region, model, random.nextInt(4) == 0);
        } else if (kind < 40) {
            publish(region, random);
        } else if (kind < 47) {
            reopen(region, model, random.nextBoolean());
        } else if (kind < 57) {
            heal(region, model);
        } else if (kind < 70) {
            thin(region, model);
        } else if (model.thin) {
            fill(region, model);
        }
    }

    private void commit(int region, SplittableRandom random) {
        Backing backing = switch (random.nextInt(5)) {
            case 0 -> Backing.HUGETLB;
            case 1 -> Backing.SMALL;
            default -> Backing.ANON_THP;
        };
        if (backing == Backing.HUGETLB) {
            calls.mmap(base + Region.offsetOf(region), Region.BYTE_SIZE, Linux.PROT_READ | Linux.PROT_WRITE,
                    Linux.MAP_SHARED | Linux.MAP_FIXED, FILE, Region.offsetOf(region));
        } else {
            view.mapAnonymous(region);
            view.advise(region, Linux.MADV_DONTFORK);
            calls.prctl(Linux.PR_SET_VMA, Linux.PR_SET_VMA_ANON_NAME, base + Region.offsetOf(region),
                    Region.BYTE_SIZE, backing.isHuge() ? 1 : 2);
            view.advise(region, backing.isHuge() ? Linux.MADV_HUGEPAGE : Linux.MADV_NOHUGEPAGE);
            if (backing.isHuge()) {
                view.writable().set(ValueLayout.JAVA_BYTE, Region.offsetOf(region), (byte) 1);
                assertThat(view.collapse(region)).isZero();
            }
        }
        ledger.committed(region, backing, true);
        models[region] = new Model(backing);
    }

    private void release(int region, Model model, boolean forget) {
        view.unmap(region);
        if (forget) {
            ledger.forget(region);
        } else {
            ledger.released(region, now);
            counts.splitNanos += model.split ? now - model.splitSince : 0;
        }
        models[region] = null;
    }

    /** Publishes a range that may reach into the next region. */
    private void publish(int region, SplittableRandom random) {
        boolean isHugetlb = models[region].backing == Backing.HUGETLB;
        int first = Pages.firstOf(region) + (isHugetlb || random.nextInt(3) == 0 ? 0 : random.nextInt(512));
        int end = isHugetlb || random.nextInt(3) == 0 ? Pages.firstOf(region + 1) : first + 1 + random.nextInt(700);
        boolean endsHere = end <= Pages.firstOf(region + 1);
        boolean mayGoOn = !endsHere && region + 1 < REGION_COUNT
                && models[region + 1] != null && models[region + 1].backing != Backing.HUGETLB;
        end = Math.min(end, mayGoOn ? Pages.firstOf(region + 2) : Pages.firstOf(region + 1));
        long byteSize = Pages.offsetOf(end - first);
        view.protect(Pages.offsetOf(first), byteSize, view.access());
        ledger.published(Pages.offsetOf(first), byteSize, now);
        counts.callCount++;
        for (int page = first; page < end; page++) {
            models[Pages.regionOf(page)].published[Pages.inRegion(page)] = true;
        }
        for (int part = region; part <= Pages.regionOf(end - 1); part++) {
            counts.splitCount += !models[part].isUniform() && models[part].split(now) ? 1 : 0;
            noteChange(part);
        }
    }

    private void reopen(int region, Model model, boolean isEmptyOnly) {
        ledger.emptied(region);
        model.stale = model.publishedPageCount() > 0;
        assertThat(ledger.isStale(region)).isEqualTo(model.stale);
        if (isEmptyOnly) {
            return;
        }
        view.protect(Region.offsetOf(region), Region.BYTE_SIZE, Access.WRITE);
        ledger.reopened(region);
        counts.callCount++;
        model.stale = false;
        model.splitCount = 0;
        for (int page = 0; page < Pages.PER_REGION; page++) {
            model.published[page] = false;
        }
        noteChange(region);
    }

    private void heal(int region, Model model) {
        assertThat(ledger.canHeal(region)).isEqualTo(model.split && !model.thin && model.isUniform());
        if (ledger.canHeal(region)) {
            assertThat(view.collapse(region)).isZero();
            ledger.healed(region, now);
            counts.healedCount++;
            counts.splitNanos += now - model.splitSince;
            model.split = false;
        }
    }

    private void thin(int region, Model model) {
        if (model.backing == Backing.HUGETLB) {
            return;
        }
        if (model.backing.isHuge()) {
            view.advise(region, Linux.MADV_NOHUGEPAGE);
        }
        ledger.thinned(region, now);
        model.thin = model.backing.isHuge();
        counts.splitCount += model.split(now) ? 1 : 0;
        noteChange(region);
    }

    private void fill(int region, Model model) {
        view.advise(region, Linux.MADV_HUGEPAGE);
        ledger.filled(region);
        model.thin = false;
        noteChange(region);
    }

    private void count(SplittableRandom random) {
        int count = random.nextInt(5);
        ledger.asked(count);
        counts.askedCount += count;
        ledger.refused();
        counts.callCount++;
        ledger.healFailed();
        counts.healFailureCount++;
    }

    /** The numbers of changes only grow, and none occurs twice. */
    private void noteChange(int region) {
        long change = ledger.lastChangeOf(region);
        for (Model model : models) {
            assertThat(model == null ? 0 : model.lastChange).isLessThan(change);
        }
        assertThat(ledger.isLastChange(region, change)).isTrue();
        assertThat(ledger.isLastChange(region, change - 1)).isFalse();
        models[region].lastChange = change;
    }

    private void compare(SplittableRandom random) {
        List<Ledger.Range> mappings = kernel.mappings(view);
        assertThat(ledger.predict(view)).isEqualTo(mappings);
        int region = random.nextInt(REGION_COUNT);
        assertThat(ledger.predict(view, region)).isEqualTo(cut(mappings, region));
        assertThat(ledger.splitRegions()).isEqualTo(where(index -> models[index] != null && models[index].split));
        for (int index = 0; index < REGION_COUNT; index++) {
            compare(index, models[index], random);
        }
        compareCounts();
    }

    private void compare(int region, @Nullable Model model, SplittableRandom random) {
        if (model == null) {
            assertThat(ledger.isHuge(region) || ledger.isSplit(region) || ledger.canHeal(region)).isFalse();
            assertThat(ledger.isLastChange(region, 0)).isFalse();
            return;
        }
        assertThat(ledger.isHuge(region)).isEqualTo(model.backing.isHuge() && !model.split);
        assertThat(ledger.isStale(region)).isEqualTo(model.stale);
        assertThat(ledger.publishedPageCount(region)).isEqualTo(model.publishedPageCount());
        assertThat(ledger.splitCountOf(region)).isEqualTo(model.splitCount);
        int first = Pages.firstOf(region) + random.nextInt(Pages.PER_REGION);
        int last = first + random.nextInt(400);
        if (Pages.regionOf(last) < REGION_COUNT && models[Pages.regionOf(last)] != null) {
            boolean open = IntStream.rangeClosed(first, last)
                    .noneMatch(page -> models[Pages.regionOf(page)].published[Pages.inRegion(page)]);
            long inside = random.nextLong(Pages.BYTE_SIZE);
            long byteSize = Pages.offsetOf(last - first + 1) - inside - random.nextLong(Pages.BYTE_SIZE - inside);
            assertThat(ledger.isOpen(Pages.offsetOf(first) + inside, byteSize)).isEqualTo(open);
        }
    }

    private void compareCounts() {
        LedgerCounts expected = new LedgerCounts();
        expected.add(counts);
        for (Model model : models) {
            expected.splitNanos += model != null && model.split ? now - model.splitSince : 0;
        }
        assertThat(ledger.counts(now)).usingRecursiveComparison().isEqualTo(expected);
    }

    private List<Ledger.Range> cut(List<Ledger.Range> ranges, int region) {
        long start = base + Region.offsetOf(region);
        long end = start + Region.BYTE_SIZE;
        return ranges.stream()
                .filter(range -> range.addresses().start() < end && range.addresses().end() > start)
                .map(range -> new Ledger.Range(new AddressRange(
                        Math.max(start, range.addresses().start()),
                        Math.min(end, range.addresses().end())), range.permissions()))
                .toList();
    }

    private static BitSet where(IntPredicate holds) {
        BitSet regions = new BitSet();
        IntStream.range(0, REGION_COUNT).filter(holds).forEach(regions::set);
        return regions;
    }

    @Test
    void regionsOfOneFileAreOneMappingInEachView() {
        View writing = new View(calls, Access.WRITE, Access.WRITE, base + BYTE_SIZE, BYTE_SIZE, Arena.ofAuto());
        View front = view(Access.READ, Access.READ);
        Ledger files = ledger(zone(Domain.RODATA, WritePath.ALIAS, List.of(front, writing)));
        files.committed(1, Backing.SMALL, true);
        files.committed(2, Backing.SMALL, true);
        files.committed(4, Backing.SHMEM_THP, false);
        files.committed(5, Backing.SHMEM_THP, false);
        assertThat(files.predict(front)).extracting(Ledger.Range::permissions)
                .containsExactly("---p", "r--s", "---p", "r--s", "r--s", "---p");
        assertThat(files.predict(writing)).extracting(Ledger.Range::permissions)
                .containsExactly("---p", "rw-s", "---p", "rw-s", "rw-s", "---p");
        assertThat(files.predict(writing).get(1).addresses())
                .isEqualTo(AddressRange.ofSize(writing.base() + Region.BYTE_SIZE, 2 * Region.BYTE_SIZE));
    }

    @Test
    void aHoleHasNoRecord() {
        assertThatThrownBy(() -> ledger.publishedPageCount(3))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("region 3 is not committed");
    }

    @Test
    void eachChangeAndEachCallHasALaterVersion() {
        ledger.committed(0, Backing.ANON_THP, true);
        long committed = ledger.version();
        ledger.refused();
        long refused = ledger.version();
        ledger.published(0, Pages.BYTE_SIZE, now);
        assertThat(refused).isGreaterThan(committed);
        assertThat(ledger.version()).isGreaterThan(refused);
    }

    @Test
    void theTimeSinceAPublicationGrowsFromZero() {
        ledger.committed(0, Backing.ANON_THP, true);
        long before = System.nanoTime();
        ledger.published(0, Pages.BYTE_SIZE, before);
        assertThat(ledger.nanosSincePublish(0)).isBetween(0L, System.nanoTime() - before);
    }

    @Test
    void countersOfTwoLedgersAdd() {
        LedgerCounts sums = new LedgerCounts();
        count(new SplittableRandom(1));
        counts.splitCount = 3;
        counts.healedCount = 5;
        counts.splitNanos = 7;
        sums.add(counts);
        sums.add(counts);
        assertThat(List.of(
                sums.askedCount, sums.callCount, sums.splitCount, sums.healedCount, sums.healFailureCount,
                sums.splitNanos))
                .isEqualTo(List.of(2 * counts.askedCount, 2L, 6L, 10L, 2L, 14L));
    }
}
