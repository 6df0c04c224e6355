package dev.ashlar.slab;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.ashlar.buddy.FakeRegionSource;
import dev.ashlar.region.Pages;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which threads get an owner of their own, and when the end of a thread is noticed. */
class OwnersTest {
    private final RunSpace space = Stores.space(4, Eraser.NONE);
    private final List<Claimer> claimers = new ArrayList<>();

    /** A thread that asks for its owner once and then lives until it is ended. */
    private static final class Claimer {
        private final AtomicReference<@Nullable SlabOwner> claimed = new AtomicReference<>();
        private final CountDownLatch hasClaimed = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);
        private final Thread thread;

        Claimer(Thread.Builder builder, Supplier<@Nullable SlabOwner> claim) {
            thread = builder.unstarted(() -> {
                claimed.set(claim.get());
                hasClaimed.countDown();
                await(mayEnd);
            });
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Nullable SlabOwner claim() {
            thread.start();
            await(hasClaimed);
            return claimed.get();
        }

        void end() {
            mayEnd.countDown();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** {@return a thread whose place in the table no other thread of the test has} */
    private Claimer claimer(Owners owners) {
        Claimer claimer;
        do {
            claimer = new Claimer(Thread.ofPlatform(), owners::own);
        } while (hasPlace(claimer.thread, owners));
        claimers.add(claimer);
        return claimer;
    }

    private boolean hasPlace(Thread thread, Owners owners) {
        int placeCount = owners.byThread().length;
        return Stream.concat(Stream.of(Thread.currentThread()), claimers.stream().map(other -> other.thread))
                .anyMatch(other -> (other.threadId() - thread.threadId()) % placeCount == 0);
    }

    @AfterEach
    void allEnd() {
        claimers.stream().filter(claimer -> claimer.thread.getState() != Thread.State.NEW).forEach(Claimer::end);
    }

    @ParameterizedTest
    @CsvSource({"0, 8, 2", "1, 8, 2", "2, 8, 3", "5, 8, 6", "7, 8, 8", "100, 4, 8", "100, 1, 2", "100, 3, 6"})
    void atMostTwoOwnersPerProcessorAndOnePerMebibyteExist(int mebibytes, int processors, int expected) {
        Owners owners = Owners.forThreads(space, () -> (long) mebibytes << 20, processors);
        for (int count = 0; count < 10; count++) {
            SlabOwner owner = claimer(owners).claim();
            assertThat(owner != null).as("owner of thread %d", count).isEqualTo(count < expected);
        }
        assertThat(owners.all()).hasSize(expected + 1).doesNotHaveDuplicates().contains(owners.common);
    }

    @Test
    void aThreadHasOneOwnerWithItsNumber() {
        Owners owners = Stores.owners(space, 4);
        assertThat(owners.ownSoFar()).isNull();
        SlabOwner own = owners.own();
        assertThat(own).isNotNull().isNotSameAs(owners.common);
        assertThat(own.thread.is(Thread.currentThread())).isTrue();
        assertThat(owners.own()).isSameAs(own);
        assertThat(owners.ownSoFar()).isSameAs(own);
        assertThat(claimer(owners).claim()).isNotNull().isNotSameAs(own);
        assertThat(owners.common.thread.isAny()).isTrue();
    }

    /** Calls on a block read this table instead of the owners. */
    @Test
    void theTableHasTheParkingOfAThreadThatOwnsMemory() {
        Owners owners = Stores.owners(space, 4);
        assertThat(Owners.parkingOfCurrentThread(owners.byThread())).isNull();
        SlabOwner own = owners.own();
        assertThat(own).isNotNull();
        Parking parking = Owners.parkingOfCurrentThread(owners.byThread());
        assertThat(parking).isNotNull().isSameAs(own.parking);
        assertThat(owners.of(parking.ownerId)).isSameAs(own);
        assertThat(parking.threadId).isEqualTo(Thread.currentThread().threadId());
        assertThat(owners.common.parking.threadId).isEqualTo(OwnerThread.ANY);
        assertThat(owners.byThread()).filteredOn(Objects::nonNull).containsExactly(parking);
    }

    /** The parking of another thread whose number leads to the same place is not used. */
    @Test
    void theTableHasNoParkingForAThreadWhoseNumberCollides() {
        Owners owners = Stores.owners(space, 4);
        SlabOwner own = owners.own();
        assertThat(own).isNotNull();
        Thread.Builder platform = Thread.ofPlatform();
        Claimer colliding;
        do {
            colliding = new Claimer(platform, () -> {
                Parking found = Owners.parkingOfCurrentThread(owners.byThread());
                return found == null ? null : owners.of(found.ownerId);
            });
        } while ((colliding.thread.threadId() - Thread.currentThread().threadId()) % 1024 != 0);
        claimers.add(colliding);
        assertThat(colliding.claim()).isNull();
        assertThat(owners.ownSoFar()).isSameAs(own);
    }

    @Test
    void anEndedThreadLeavesNothingInTheTable() {
        Owners owners = Stores.owners(space, 4);
        Claimer first = claimer(owners);
        assertThat(first.claim()).isNotNull();
        assertThat(owners.byThread()).filteredOn(Objects::nonNull).hasSize(1);
        first.end();
        owners.inheritEnded();
        assertThat(owners.byThread()).containsOnlyNulls();
    }

    @Test
    void aHeapThatGrowsAffordsMoreOwners() {
        long[] committed = {0};
        Owners owners = Owners.forThreads(space, () -> committed[0], 8);
        claimer(owners).claim();
        claimer(owners).claim();
        assertThat(owners.own()).isNull();
        committed[0] = 2 << 20;
        assertThat(owners.own()).isNotNull();
        committed[0] = 0;
        assertThat(owners.own()).as("kept").isNotNull();
    }

    @Test
    void virtualThreadsHaveNoOwner() {
        Owners owners = Stores.owners(space, 4);
        Claimer virtual = new Claimer(Thread.ofVirtual(), owners::own);
        assertThat(virtual.claim()).isNull();
        virtual.end();
        assertThat(owners.all().size()).isEqualTo(1);
    }

    @Test
    void threadsWhoseNumbersCollideShareTheCommonOwnerUntilOneHasEnded() {
        Owners owners = Stores.owners(space, 8);
        Claimer first = claimer(owners);
        List<Claimer> colliding = new ArrayList<>();
        while (colliding.size() < 2) {
            Claimer candidate = new Claimer(Thread.ofPlatform(), owners::own);
            if ((candidate.thread.threadId() - first.thread.threadId()) % 1024 == 0) {
                colliding.add(candidate);
                claimers.add(candidate);
            }
        }
        SlabOwner owner = first.claim();
        assertThat(owner).isNotNull();
        assertThat(colliding.get(0).claim()).isNull();
        assertThat(owners.all().size()).isEqualTo(2);

        first.end();
        SlabOwner next = colliding.get(1).claim();
        assertThat(next).isNotNull().isNotSameAs(owner);
        assertThat(next.thread.is(colliding.get(1).thread)).isTrue();
    }

    @Test
    void anEndedThreadsPlaceIsFreeAgain() {
        Owners owners = Stores.owners(space, 1);
        Claimer first = claimer(owners);
        first.claim();
        claimer(owners).claim();
        assertThat(owners.own()).isNull();
        first.end();
        assertThat(owners.all().size()).isEqualTo(3);

        owners.inheritEnded();

        assertThat(owners.all().size()).isEqualTo(2);
        assertThat(owners.own()).isNotNull();
        assertThat(owners.all().size()).isEqualTo(3);
    }

    /** Claiming an owner looks for ended threads only if it must; running out of room and trimming always do. */
    @Test
    void threadsThatRunOutOfRoomOrTrimFindEndedThreads() {
        for (boolean trims : new boolean[] {true, false}) {
            BlockStore store = Stores.over(new FakeRegionSource(4), Eraser.NONE);
            Owners owners = store.owners;
            long[] blocks = new long[2];
            Claimer other = new Claimer(Thread.ofPlatform(), () -> {
                blocks[0] = Stores.allocate(store, 16, 4, Holder.ADDRESS);
                blocks[1] = Stores.allocate(store, 1000, 4, Holder.ADDRESS);
                return null;
            });
            other.claim();
            other.end();
            assertThat(owners.all().size()).isEqualTo(2);
            if (trims) {
                assertThat(store.trim()).isZero();
                assertThat(owners.all().size()).isEqualTo(1);
            } else {
                long next = Stores.allocate(store, 16, 4, Holder.ADDRESS);
                assertThat(Pages.indexOf(next)).as("same slab").isEqualTo(Pages.indexOf(blocks[0]));
                assertThat(Stores.allocate(store, 1000, 4, Holder.ADDRESS)).as("same run").isEqualTo(blocks[1] + 1024);
            }
            assertThat(store.free(blocks[0], Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            assertThat(store.free(blocks[1], Holder.ADDRESS)).isEqualTo(FreeResult.DONE);
            store.checkInvariants();
        }
    }

    @Test
    void aThreadThatOnlyFreesLooksUpAndTrimsGetsNoOwnerAndAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        BlockStore store = Stores.over(new FakeRegionSource(4), Eraser.NONE);
        Owners owners = store.owners;
        long[] small = new long[100];
        Claimer virtual = new Claimer(Thread.ofVirtual(), () -> {
            for (int index = 0; index < small.length; index++) {
                small[index] = Stores.allocate(store, index % 2 == 0 ? 16 : 1000, 4, Holder.ADDRESS);
            }
            return null;
        });
        virtual.claim();
        virtual.end();
        long least = Long.MAX_VALUE;
        for (int index = 0; index < small.length; index++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            FreeResult result = store.free(small[index], Holder.ADDRESS);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertThat(result).isEqualTo(FreeResult.DONE);
            assertThat(store.startOf(small[index])).isEqualTo(-1);
        }
        assertThat(least).isZero();
        assertThat(store.census().liveBlockCount()).isZero();
        assertThat(store.trim()).isEqualTo(1);
        assertThat(owners.all().size()).isEqualTo(1);
    }
}
