package dev.ashlar.stubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each errno belongs to the call that received it, and reading it makes no garbage. */
class LibcErrnoTest {

    private static final int ROUNDS = 20_000;

    private final SystemCalls calls = Libc.system();

    /** Each thread fails with its own errno, so a thread that reads that of another would see a different one. */
    private int failure(int kind) {
        return switch (kind) {
            case 0 -> calls.close(-1) + Errno.EBADF;
            case 1 -> calls.madvise(0, 4096, 9999) + Errno.EINVAL;
            case 2 -> calls.mprotect(0, 4096, Linux.PROT_READ) + Errno.ENOMEM;
            case 3 -> calls.open("/no/such/file", Linux.O_RDONLY) + Errno.ENOENT;
            default -> throw new IllegalArgumentException("kind=" + kind);
        };
    }

    private int hammer(int kind, CountDownLatch start) throws InterruptedException {
        start.await();
        int wrong = 0;
        for (int round = 0; round < ROUNDS; round++) {
            wrong += failure(kind) == 0 ? 0 : 1;
        }
        return wrong;
    }

    private void hammerWith(ExecutorService executor, int threads) throws Exception {
        try (executor) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Integer>> wrongs = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int kind = thread % 4;
                Callable<Integer> task = () -> hammer(kind, start);
                wrongs.add(executor.submit(task));
            }
            start.countDown();
            for (Future<Integer> wrong : wrongs) {
                assertThat(wrong.get()).isZero();
            }
        }
        assertThat(CaptureSlots.claimedCount()).as("slots not returned").isZero();
    }

    @Test
    void eightThreadsWithDifferentFailuresNeverSeeTheErrnoOfAnother() throws Exception {
        hammerWith(Executors.newFixedThreadPool(8), 8);
    }

    @Test
    void virtualThreadsNeverSeeTheErrnoOfAnother() throws Exception {
        hammerWith(Executors.newVirtualThreadPerTaskExecutor(), 16);
    }

    @Test
    void aCallWaitsForASlotOfItsOwn() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread holder = Thread.startVirtualThread(() -> awaitQuietly(end));
        List<CaptureSlots.Slot> held = claimAllFor(holder);
        assertThat(held).doesNotHaveDuplicates();
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<Integer> waiting = executor.submit(() -> calls.close(-1));
            Thread.sleep(50);
            assertThat(waiting.isDone()).isFalse();

            held.forEach(slot -> slot.holder = null);

            assertThat(waiting.get()).isEqualTo(-Errno.EBADF);
        } finally {
            end.countDown();
        }
    }

    @Test
    void aThreadTakesTheSlotAgainThatItNeverReleased() {
        CaptureSlots.Slot slot = CaptureSlots.claim();

        assertThat(CaptureSlots.claim()).isSameAs(slot);

        slot.holder = null;
    }

    @Test
    void slotsOfEndedThreadsAreTakenBeforeACallerWaits() throws Exception {
        Thread ended = Thread.ofPlatform().start(() -> {});
        ended.join();
        List<CaptureSlots.Slot> held = claimAllFor(ended);

        assertThat(calls.close(-1)).isEqualTo(-Errno.EBADF);

        held.forEach(slot -> slot.holder = null);
    }

    private static List<CaptureSlots.Slot> claimAllFor(Thread holder) {
        List<CaptureSlots.Slot> held = new ArrayList<>();
        for (int count = 0; count < CaptureSlots.count(); count++) {
            CaptureSlots.Slot slot = CaptureSlots.claim();
            slot.holder = holder;
            held.add(slot);
        }
        return held;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final long SLICE_BYTE_SIZE = 40;

    /**
     * Goal: a call makes no Java object of ours. Method: the test measures the garbage of this thread over batches of
     * each call. The JDK's own check makes a slice of the capture segment (40 bytes, SharedUtils.checkCaptureSegment in
     * JDK 25) until C2 removes it, which depends on inlining. So batches are repeated until one is clean, or for some
     * seconds; then only that slice is allowed. An object of ours would escape into the call and exceed it.
     */
    @TestFactory
    Stream<DynamicTest> aCallThatTakesNoStringAllocatesNothingOfOurs() {
        int fd = calls.memfdCreate("ashlar-test", Linux.MFD_CLOEXEC);
        long address = calls.mmap(0, 4096, Linux.PROT_READ, Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0);
        Map<String, LongSupplier> each = new LinkedHashMap<>();
        each.put("mmap, munmap", () -> calls.munmap(calls.mmap(0, 4096, Linux.PROT_READ,
                Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS, -1, 0), 4096));
        each.put("mprotect", () -> calls.mprotect(address, 4096, Linux.PROT_READ));
        each.put("madvise", () -> calls.madvise(address, 4096, Linux.MADV_DONTFORK));
        each.put("mremap", () -> calls.mremap(address, 4096, 4096, 0, 0));
        each.put("mseal", () -> calls.mseal(1L << 62, 4096));
        each.put("ftruncate", () -> calls.ftruncate(fd, 0));
        each.put("fallocate", () -> calls.fallocate(fd, -1, 0, 4096));
        each.put("fcntl", () -> calls.fcntl(fd, TestLinux.F_GETFD, 0));
        each.put("close, which fails", () -> calls.close(-1));
        each.put("pread", () -> calls.pread(fd, 0, 0, 0));
        each.put("pwrite", () -> calls.pwrite(fd, 0, 0, 0));
        each.put("ioctl", () -> calls.ioctl(fd, 0, 0));
        each.put("membarrier", () -> calls.membarrier(TestLinux.MEMBARRIER_CMD_QUERY, 0));
        each.put("prctl", () -> calls.prctl(TestLinux.PR_GET_DUMPABLE, 0, 0, 0, 0));
        each.put("sysconf", () -> calls.sysconf(Linux.SC_PAGESIZE));
        each.put("naming an error", () -> Errno.of(-Errno.EACCES).number());
        return each.entrySet().stream()
                .map(call -> dynamicTest(call.getKey(), () -> assertAllocatesNothingOfOurs(call.getValue())));
    }

    private static void assertAllocatesNothingOfOurs(LongSupplier call) {
        long deadlineNanos = System.nanoTime() + 5_000_000_000L;
        long sum = 0;
        long allocated;
        do {
            long before = allocatedBytes();
            for (int round = 0; round < ROUNDS; round++) {
                sum += call.getAsLong();
            }
            allocated = allocatedBytes() - before;
        } while (allocated >= ROUNDS && System.nanoTime() < deadlineNanos);
        assertThat(allocated).as("bytes in %d calls, sum %d", ROUNDS, sum).isLessThan((SLICE_BYTE_SIZE + 1) * ROUNDS);
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
