package dev.ashlar.buddy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ashlar.host.Seeded;
import dev.ashlar.host.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class NumberedListsTest {
    private static final int LIST_COUNT = 200;
    private static final int MEMBER_COUNT = 40;

    private final NumberedLists lists = new NumberedLists(LIST_COUNT);

    @Test
    void withoutMembersNoListIsOccupied() {
        lists.reserve(3);
        assertThat(lists.occupiedFrom(0)).isEqualTo(-1);
        assertThat(lists.listOf(2)).isEqualTo(-1);
        assertThat(lists.listOf(1_000)).isEqualTo(-1);
    }

    @Test
    void theFirstOccupiedListIsFoundAcrossAllWords() {
        NumberedLists many = new NumberedLists(4096);
        many.reserve(2);
        many.move(0, 4095);
        for (int from = 0; from < 4096; from++) {
            assertThat(many.occupiedFrom(from)).isEqualTo(4095);
        }
        assertThat(many.occupiedFrom(4096)).isEqualTo(-1);
        many.move(1, 63);
        assertThat(many.occupiedFrom(0)).isEqualTo(63);
        assertThat(many.occupiedFrom(64)).isEqualTo(4095);
        many.move(0, -1);
        assertThat(many.occupiedFrom(64)).isEqualTo(-1);
    }

    @Test
    void growingKeepsTheListsOfMembers() {
        lists.reserve(1);
        lists.move(0, 7);
        lists.reserve(5_000);
        lists.move(4_999, 7);
        assertThat(lists.first(7)).isEqualTo(4_999);
        assertThat(lists.next(4_999)).isZero();
        assertThat(lists.next(0)).isEqualTo(-1);
        assertThat(lists.listOf(2_500)).isEqualTo(-1);
    }

    @Seeded
    void randomMovesAgreeWithListsOfObjects(long seed) {
        List<Deque<Integer>> model = new ArrayList<>();
        for (int list = 0; list < LIST_COUNT; list++) {
            model.add(new ArrayDeque<>());
        }
        lists.reserve(MEMBER_COUNT);
        Seeds.run(seed, 50_000, random -> {
            int member = random.nextInt(MEMBER_COUNT);
            int list = random.nextInt(4) == 0 ? -1 : random.nextInt(random.nextInt(2) == 0 ? 5 : LIST_COUNT);
            if (lists.listOf(member) != list) {
                model.forEach(members -> members.remove(member));
                if (list >= 0) {
                    model.get(list).addFirst(member);
                }
            }

            lists.move(member, list);

            int from = random.nextInt(LIST_COUNT);
            int expected = from;
            while (expected < LIST_COUNT && model.get(expected).isEmpty()) {
                expected++;
            }
            assertThat(lists.occupiedFrom(from)).isEqualTo(expected == LIST_COUNT ? -1 : expected);
            assertThat(lists.firstFrom(from)).isEqualTo(expected == LIST_COUNT ? -1 : lists.first(expected));
            if (expected < LIST_COUNT) {
                assertThat(membersOf(expected)).containsExactlyElementsOf(model.get(expected));
            }
        });
    }

    @Test
    void theMembersOfAllListsFromOneOnAreFoundInOrder() {
        lists.reserve(4);
        lists.move(2, 150);
        lists.move(0, 3);
        lists.move(3, 150);
        assertThat(lists.firstFrom(4)).isEqualTo(3);
        assertThat(lists.firstFrom(0)).isZero();
        assertThat(lists.after(0)).isEqualTo(3);
        assertThat(lists.after(3)).isEqualTo(2);
        assertThat(lists.after(2)).isEqualTo(-1);
        assertThat(lists.firstFrom(151)).isEqualTo(-1);
    }

    private List<Integer> membersOf(int list) {
        List<Integer> members = new ArrayList<>();
        for (int member = lists.first(list); member >= 0; member = lists.next(member)) {
            members.add(member);
            assertThat(lists.listOf(member)).isEqualTo(list);
        }
        return members;
    }
}
