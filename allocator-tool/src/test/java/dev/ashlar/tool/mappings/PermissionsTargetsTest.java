package dev.ashlar.tool.mappings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.tool.figures.Verdict.State;
import dev.ashlar.tool.mappings.CellFigures.Moment;
import dev.ashlar.tool.mappings.CellFigures.Mprotect;
import dev.ashlar.tool.mappings.CellFigures.Splits;
import dev.ashlar.tool.mappings.CellFigures.Throughout;
import dev.ashlar.tool.mappings.CellFigures.Times;
import dev.ashlar.tool.mappings.CellFigures.Work;
import dev.ashlar.tool.mappings.PermissionsResult.CellResult;
import dev.ashlar.tool.mappings.PermissionsResult.TargetResult;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Goal: a target is held only if each cell that could run holds it. Method: invented figures. */
final class PermissionsTargetsTest {

    private static final Moment MOMENT = new Moment(4, 40, 4, 4 << 20, 4 << 20, 0, 0, 0, 0, 2 << 20, 1 << 20);

    @Test
    void oneCellThatMissesMakesATargetMissed() {
        List<CellResult> results = List.of(seen("alias-hugetlb", figures(0, 100.0)),
                seen("alias-shmem-thp", figures(1, 50.0)));

        assertThat(target(results, "no mprotect call").state()).isEqualTo(State.MISSED);
        assertThat(target(results, "no mprotect call").evidence()).isEqualTo("hugetlb: 0; shmem-thp: 1");
        assertThat(target(results, "100 % PMD-mapped throughout").state()).isEqualTo(State.MISSED);
        assertThat(target(results, "VMAs by regions only").state()).isEqualTo(State.HELD);
    }

    @Test
    void aCellThatThisHostLacksNeitherHoldsNorMisses() {
        CellResult lacking = new CellResult(cell("alias-hugetlb"), null, "no pool", null);

        assertThat(target(List.of(lacking), "no mprotect call").state()).isEqualTo(State.UNKNOWN);
        assertThat(target(List.of(lacking, seen("alias-small", figures(0, null))), "no mprotect call").state())
                .isEqualTo(State.HELD);
    }

    @Test
    void aCellThatBrokeMisses() {
        CellResult broken = new CellResult(cell("alias-small"), null, null, "exit code 134");

        assertThat(target(List.of(seen("alias-hugetlb", figures(0, 100.0)), broken), "no mprotect call").state())
                .isEqualTo(State.MISSED);
    }

    @Test
    void whatWasNotAskedForIsNotJudged() {
        assertThat(PermissionsTargets.check(List.of(seen("alias-small", figures(0, null)))))
                .extracting(TargetResult::path).containsOnly("alias", "all");
    }

    @Test
    void inPlaceMayCallHalfAsOftenAsFlippingAndNotOnceMore() {
        String claim = "at most half of flipping's mprotect calls";
        CellResult flips = seen("flips", figures(30, 0.0));

        assertThat(target(List.of(seen("in-place-small", figures(15, null)), flips), claim).state())
                .isEqualTo(State.HELD);
        assertThat(target(List.of(seen("in-place-small", figures(16, null)), flips), claim).state())
                .isEqualTo(State.MISSED);
    }

    @Test
    void publishingMayCallOnceForEachRunOfPages() {
        String claim = "at most one mprotect per domain and contiguous run that a publish touches";

        assertThat(target(List.of(seen("in-place-small", figures(3, null))), claim).state()).isEqualTo(State.HELD);
        assertThat(target(List.of(seen("in-place-small", figures(4, null))), claim).state()).isEqualTo(State.MISSED);
    }

    private static TargetResult target(List<CellResult> results, String claim) {
        return PermissionsTargets.check(results).stream()
                .filter(target -> target.claim().equals(claim))
                .findFirst()
                .orElseThrow();
    }

    private static CellResult seen(String id, CellFigures figures) {
        return new CellResult(cell(id), figures, null, null);
    }

    private static Cell cell(String id) {
        return Cell.all(1000).stream().filter(cell -> cell.id().equals(id)).findFirst().orElseThrow();
    }

    private static CellFigures figures(long mprotectCalls, @Nullable Double hugePercentMin) {
        return new CellFigures(new Work(3, 1, 3, 3, 9, 0), new Mprotect(mprotectCalls, mprotectCalls, 0), 30, MOMENT,
                MOMENT, MOMENT, MOMENT, 30,
                new Throughout(100, hugePercentMin, 4, 40, 0, 0, 0), new Splits(0, 0, 0, 1000, 0, null),
                new Times(100, 50, 0));
    }
}
